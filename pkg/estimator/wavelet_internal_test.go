package estimator

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// waveletReference is what testdata/wavelet_reference.py says.
type waveletReference struct {
	Theory []struct {
		Wavelet string
		N       int
		H       float64
		Energy  []float64
		Spread  [][]float64
	}
	Series []struct {
		Wavelet         string
		From            int
		Veitch, Whittle float64
	}
	Leaders []struct {
		Wavelet string
		From    int
		C1, C2  float64
	}
}

func loadWaveletReference(t *testing.T) waveletReference {
	t.Helper()
	data, err := os.ReadFile("testdata/wavelet.json")
	require.NoError(t, err)
	var r waveletReference
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

// The reference sums over all pairs of coefficients. Energies are quadratures over 1,024 frequencies,
// which miss some of what is next to zero; variances of the octaves with few coefficients are an
// interpolation. What matters is the slope's standard error.
func TestBankMatchesSumsOverPairs(t *testing.T) {
	t.Parallel()
	for _, c := range loadWaveletReference(t).Theory {
		o, err := newOctaves(c.Wavelet, c.N, 1, false)
		require.NoError(t, err)
		b := o.bank()
		line := newScaleLine(b, o.number, 0, 0.95)
		n := len(c.Energy)
		require.Equal(t, b.filters, n)
		// The bank as it would be at the reference's exponent alone.
		at := &bank{filters: n, h: []float64{c.H}}
		at.add(filterBank{gains: octaveGains(o.wavelet, n), voices: 1, counts: o.counts}, c.H, newCircle().density(c.H))
		variance, want := 0.0, 0.0
		for i := range n {
			require.InDelta(t, math.Log(c.Energy[i]), at.energy[0][i]-at.energy[0][n-1], 4e-3, "%s h=%v octave %d", c.Wavelet, c.H, i+1)
			require.InEpsilon(t, c.Spread[i][i], at.spread[0][i*n+i], 0.2, "%s h=%v octave %d", c.Wavelet, c.H, i+1)
			for j := range n {
				variance += line.slope[i] * line.slope[j] * at.spread[0][i*n+j]
				want += line.slope[i] * line.slope[j] * c.Spread[i][j]
			}
		}
		require.InEpsilon(t, math.Sqrt(want), math.Sqrt(variance), 0.05, "%s h=%v", c.Wavelet, c.H)
	}
}

// Haar coefficients of fractional Gaussian noise are second differences of fractional Brownian motion,
// which is self-similar: their energies follow the power law exactly.
func TestHaarEnergiesFollowThePowerLaw(t *testing.T) {
	t.Parallel()
	o, err := newOctaves("haar", 5000, 1, false)
	require.NoError(t, err)
	b := o.bank()
	for k, h := range b.h {
		for j := range b.filters - 1 {
			require.InDelta(t, (2*h-1)*math.Ln2, b.energy[k][j+1]-b.energy[k][j], 2e-3, "h=%v octave %d", h, j+1)
		}
	}
}

// White noise behind Haar's filter of octave 1 has the autocorrelation -1/2 at lag 1 and none beyond.
func TestSpreadOfWhiteNoise(t *testing.T) {
	t.Parallel()
	const n = 500
	o, err := newOctaves("haar", n, 1, false)
	require.NoError(t, err)
	kappa := 1.5
	require.InDelta(t, 2*kappa/(kappa+n-1-1), o.bank().spread[bankNodes/2][0], 1e-6)
	o, err = newOctaves("haar", n, 1, true)
	require.NoError(t, err)
	require.InDelta(t, 2.0/250, o.bank().spread[bankNodes/2][0], 1e-15)
}

// The polynomial through thirteen exponents, against the theory at others.
func TestVariancesBetweenTheExponents(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"db2", "db4"} {
		o, err := newOctaves(name, 1024, 1, false)
		require.NoError(t, err)
		l := newEnergyLikelihood(o, 0, true, 0.95)
		n := len(o.counts)
		circle := newCircle()
		for h := 0.01; h < 0.99; h += 0.0137 {
			at := &bank{filters: n}
			at.add(filterBank{gains: octaveGains(o.wavelet, n), voices: 1, counts: o.counts}, h, circle.density(h))
			l.variances(h)
			for j := range n {
				want := at.energy[0][j] - at.energy[0][n-1]
				got := l.logVariance(h, j) - l.logVariance(h, n-1)
				require.InDelta(t, want, got, 1e-4, "%s h=%v octave %d", name, h, j+1)
			}
		}
	}
}

// A core that keeps theory's promise gives the exponent itself when its energies are as expected.
func TestLikelihoodOfExpectedEnergies(t *testing.T) {
	t.Parallel()
	o, err := newOctaves("db3", 700, 1, false)
	require.NoError(t, err)
	l := newEnergyLikelihood(o, 0, true, 0.95)
	for k, h := range l.h[1 : len(l.h)-1] {
		require.InDelta(t, h, l.calibration.middle[k+1], 1e-5)
	}
}
