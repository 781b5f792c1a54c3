package kernel

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestTile checks that the fields of a tile are where the generated code looks for them.
func TestTile(t *testing.T) {
	t.Parallel()
	var v tile
	for i, at := range []uintptr{
		unsafe.Offsetof(v.a), unsafe.Offsetof(v.b), unsafe.Offsetof(v.c), unsafe.Offsetof(v.bias),
		unsafe.Offsetof(v.aRow), unsafe.Offsetof(v.aCol), unsafe.Offsetof(v.bRow), unsafe.Offsetof(v.cRow),
		unsafe.Offsetof(v.k), unsafe.Offsetof(v.blocks), unsafe.Offsetof(v.last), unsafe.Offsetof(v.flags),
	} {
		require.Equal(t, uintptr(8*i), at)
	}
}
