package process

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The steps' covariance goes on the first circle for any exponent and mean reversion.
func TestFOUStepsNeedOneCircle(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 50, 1000, 24_010} {
		for _, theta := range []float64{minTheta, 0.01, 0.3, 2, maxTheta} {
			steps := newFOUSteps(theta)
			for _, h := range []float64{0.011, 0.1, 0.3, 0.499, 0.5, 0.501, 0.6, 0.8, 0.9, 0.989} {
				steps.set(h)
				c := newCirculant(n)
				require.NoError(t, c.embed(func(dst []float64) {
					for k := range dst {
						dst[k] = steps.at(k)
					}
				}))
				require.Len(t, c.circles, 1, "n=%d theta=%v h=%v", n, theta, h)
			}
		}
	}
}
