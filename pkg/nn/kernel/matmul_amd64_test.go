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

// TestTransformArgs checks the same of the arguments of transforms.
func TestTransformArgs(t *testing.T) {
	t.Parallel()
	var v transformArgs
	for i, at := range []uintptr{
		unsafe.Offsetof(v.in), unsafe.Offsetof(v.inRow), unsafe.Offsetof(v.inTile),
		unsafe.Offsetof(v.out), unsafe.Offsetof(v.outRow), unsafe.Offsetof(v.outTile),
		unsafe.Offsetof(v.bias), unsafe.Offsetof(v.floor), unsafe.Offsetof(v.n), unsafe.Offsetof(v.last),
		unsafe.Offsetof(v.tiles),
	} {
		require.Equal(t, uintptr(8*i), at)
	}
}
