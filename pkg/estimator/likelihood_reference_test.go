package estimator

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// likelihoodReference is what testdata/likelihood_reference.py writes (mpmath 1.3, numpy 2.4, scipy
// 1.17): covariances in 50 digits, and everything from them by dense matrices.
type likelihoodReference struct {
	Spectrum []struct {
		H            float64
		Frequency, F []float64
	}
	Expected []struct {
		H                   float64
		N                   int
		Noise, ARFIMA, Walk []float64
		NoiseStraight       []float64 `json:"noise_straight"`
		WalkStraight        []float64 `json:"walk_straight"`
	}
	Gaussian []struct {
		H             float64
		N             int
		Noise, ARFIMA [2]float64
	}
	Posterior []struct {
		N        int
		From, To float64
		Want     [5]float64 // mean, sd, 2.5 % quantile, median, 97.5 % quantile
	}
}

func readLikelihoodReference(t *testing.T) likelihoodReference {
	t.Helper()
	data, err := os.ReadFile("testdata/likelihood.json")
	require.NoError(t, err)
	var r likelihoodReference
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

// congruent is the series of the script.
func congruent(n int) []float64 {
	state, raw, x := uint64(12345), make([]float64, n), make([]float64, n)
	for i := range raw {
		state = (1103515245*state + 12345) % (1 << 31)
		raw[i] = float64(state)/(1<<31) - 0.5
	}
	for i := range x {
		x[i] = raw[i] + 0.5*raw[(i+n-1)%n] + 0.25*raw[(i+n-2)%n]
	}
	return x
}

// The polynomial for what is far from zero is good to 1e-9.
func TestSpectrumAgainstHurwitzZeta(t *testing.T) {
	t.Parallel()
	for _, c := range readLikelihoodReference(t).Spectrum {
		f := newNoiseSpectrum(c.H)
		for i, lambda := range c.Frequency {
			u := lambda / (2 * math.Pi)
			require.InEpsilon(t, c.F[i], f.at(math.Log(lambda), u*u), 2e-9, "H=%v λ=%v", c.H, lambda)
		}
	}
}

// Densities are between 1e-3 and 1e4 here, and numpy's sums lose about 13 digits of their greatest
// term.
func TestExpectedPeriodograms(t *testing.T) {
	t.Parallel()
	for _, c := range readLikelihoodReference(t).Expected {
		noise := newNoiseCovariance(c.N)
		walk := walkCovariance{noise}
		for name, v := range map[string]struct {
			got  density
			want []float64
		}{
			"noise":                  {newExpected(c.N, noise), c.Noise},
			"ARFIMA":                 {newExpected(c.N, arfimaCovariance{}), c.ARFIMA},
			"walk":                   {newExpected(c.N, walk), c.Walk},
			"noise without its line": {newDetrended(c.N, noise), c.NoiseStraight},
			"walk without its line":  {newDetrended(c.N, walk), c.WalkStraight},
		} {
			f := make([]float64, c.N/2)
			v.got.fill(f, c.H)
			for i, want := range v.want {
				require.InDelta(t, want, f[i], 1e-10*math.Max(1, v.want[0]), "%s H=%v n=%d j=%d", name, c.H, c.N, i+1)
			}
		}
	}
}

func TestExactLikelihood(t *testing.T) {
	t.Parallel()
	for _, c := range readLikelihoodReference(t).Gaussian {
		x, gamma, phi := congruent(c.N), make([]float64, c.N), make([]float64, c.N)
		newNoiseCovariance(c.N).lags(gamma, c.H)
		full, restricted := logGaussian(x, gamma, phi)
		require.InDelta(t, c.Noise[0], full, 1e-9, "H=%v n=%d", c.H, c.N)
		require.InDelta(t, c.Noise[1], restricted, 1e-9, "H=%v n=%d", c.H, c.N)
		arfimaCovariance{}.lags(gamma, c.H)
		full, restricted = logGaussian(x, gamma, phi)
		require.InDelta(t, c.ARFIMA[0], full, 1e-9, "ARFIMA H=%v n=%d", c.H, c.N)
		require.InDelta(t, c.ARFIMA[1], restricted, 1e-9, "ARFIMA H=%v n=%d", c.H, c.N)
	}
}

// The reference integrates on 20,001 points by the trapezoid rule, which is good to about 1e-5.
func TestPosteriorAgainstQuadrature(t *testing.T) {
	t.Parallel()
	for _, c := range readLikelihoodReference(t).Posterior {
		l := newDebiasedNoise(c.N, options{})
		require.NoError(t, l.loadSeries(congruent(c.N)))
		p := l.posterior(prior{from: c.From, to: c.To, alpha: 1, beta: 1}, 0.95)
		for i, got := range [5]float64{p.mean, p.sd, p.lower, p.median, p.upper} {
			require.InDelta(t, c.Want[i], got, 2e-5, "n=%d, number %d of mean, sd, lower, median, upper", c.N, i)
		}
	}
}
