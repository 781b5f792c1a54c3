package train_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/train"
)

// A network that answers 1/2 for all has a MAE of 0.2 on H ~ U(0.1, 0.9); the limit at 128 points is
// 0.043.
func TestLearnsHurstExponents(t *testing.T) {
	t.Parallel()
	j := job(t)
	j.Source, j.Validation = fresh(t, "train", 0, 128), fresh(t, "validation", 500, 128)
	j.Config.Steps = 600
	j.Config.Every = 100
	r, err := train.Train(j)
	require.NoError(t, err)
	t.Logf("%+v", r.Validation)
	require.Less(t, r.Validation.MAE, 0.06)
}
