package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
)

func TestCodeIsTheOutermost(t *testing.T) {
	t.Parallel()
	inner := fault.New(fault.NotFound, "no run %q: %w", "r1", io.EOF)
	for _, c := range []struct {
		err  error
		want fault.Code
	}{
		{nil, ""},
		{inner, fault.NotFound},
		{fmt.Errorf("look: %w", inner), fault.NotFound},
		{fault.With(fault.Invalid, inner), fault.Invalid},
		{io.EOF, fault.Internal},
		{fmt.Errorf("call: %w", context.DeadlineExceeded), fault.Unavailable},
		{context.Canceled, fault.Unavailable},
	} {
		require.Equal(t, c.want, fault.CodeOf(c.err), "%v", c.err)
	}
	require.ErrorIs(t, inner, io.EOF)
	require.EqualError(t, inner, `no run "r1": EOF`)
	require.NoError(t, fault.With(fault.Invalid, nil))
	var e *fault.Error
	require.True(t, errors.As(fmt.Errorf("x: %w", inner), &e))
}

func TestParseKnowsTheFiveCodes(t *testing.T) {
	t.Parallel()
	for _, code := range []fault.Code{fault.Invalid, fault.NotFound, fault.Conflict, fault.Unavailable, fault.Internal} {
		require.Equal(t, code, fault.Parse(string(code)))
	}
	require.Equal(t, fault.Internal, fault.Parse("teapot"))
	require.Equal(t, fault.Internal, fault.Parse(""))
}
