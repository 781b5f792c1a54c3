package netbench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	e, tried := engine.Choose(nil)
	require.NotNil(t, e, "%v", tried)
	r, err := Measure(Job{Network: zoo.NameFilterBank, Engine: e, Points: 128, Rows: 8, Threads: 1, Time: 10 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, engine.Native, r.Engine)
	require.Positive(t, r.Parameters)
	require.Positive(t, r.Train)
	require.Greater(t, r.Predict, r.Train)
	require.Positive(t, r.Single)
	_, err = Measure(Job{Network: "none", Engine: e, Points: 128, Rows: 8})
	require.ErrorContains(t, err, "no network")
	s, err := Quick(e)
	require.NoError(t, err)
	require.Positive(t, s.GFLOPs)
	require.Positive(t, s.Series)
}
