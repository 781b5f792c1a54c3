package kernel

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestScoresArgs checks that the fields are where the generated code looks for them.
func TestScoresArgs(t *testing.T) {
	t.Parallel()
	var v scoresArgs
	for i, at := range []uintptr{
		unsafe.Offsetof(v.a), unsafe.Offsetof(v.b), unsafe.Offsetof(v.c), unsafe.Offsetof(v.top), unsafe.Offsetof(v.sum),
		unsafe.Offsetof(v.aRow), unsafe.Offsetof(v.bRow), unsafe.Offsetof(v.cRow), unsafe.Offsetof(v.k),
		unsafe.Offsetof(v.main), unsafe.Offsetof(v.tail), unsafe.Offsetof(v.groups), unsafe.Offsetof(v.pad),
		unsafe.Offsetof(v.scale),
	} {
		require.Equal(t, uintptr(8*i), at)
	}
}
