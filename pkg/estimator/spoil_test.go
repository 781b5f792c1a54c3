package estimator_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/longmemory/hurst/pkg/process"
)

// spoil does to fGn of unit variance what a condition of the robustness tables says: sizes in units
// of the sample's standard deviation.
func spoil(t testing.TB, x []float64, condition string, rng *process.Stream) {
	t.Helper()
	n := len(x)
	sd := sampleSD(x)
	sign := float64(1 - 2*rng.IntN(2))
	switch condition {
	case "clean":
	case "trend1", "trend3":
		size := float64(condition[5] - '0')
		for i := range x {
			x[i] += sign * size * sd * float64(i) / float64(n-1)
		}
	case "sine":
		phase := 2 * math.Pi * rng.Float64()
		for i := range x {
			x[i] += sd * math.Sin(2*math.Pi*8*float64(i)/float64(n)+phase)
		}
	case "snr10", "snr3":
		size := sd * math.Pow(10, -map[string]float64{"snr10": 10, "snr3": 3}[condition]/20)
		for i := range x {
			x[i] += size * rng.NormFloat64()
		}
	case "outliers":
		for _, i := range someOf(n, (n+50)/100, rng) {
			x[i] += sd * float64(1-2*rng.IntN(2)) * (5 + 5*rng.Float64())
		}
	case "shift":
		for i := n / 2; i < n; i++ {
			x[i] += sign * sd
		}
	case "missing", "gaps":
		gap := make([]bool, n)
		for _, i := range someOf(n, (n+5)/10, rng) {
			gap[i] = true
		}
		if condition == "gaps" {
			for i, g := range gap {
				if g {
					x[i] = math.NaN()
				}
			}
			return
		}
		interpolate(x, gap)
	case "t3":
		student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: 3}
		for i, v := range x {
			x[i] = student.Quantile(distuv.UnitNormal.CDF(v))
		}
	case "stable17":
		for i, v := range x {
			x[i] = stableQuantile(v)
		}
	default:
		require.Failf(t, "no condition", "%q", condition)
	}
}

func sampleSD(x []float64) float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		square += (v - mean) * (v - mean) / float64(len(x))
	}
	return math.Sqrt(square)
}

// someOf draws k of n places.
func someOf(n, k int, rng *process.Stream) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := range k {
		j := i + rng.IntN(n-i)
		p[i], p[j] = p[j], p[i]
	}
	return p[:k]
}

// interpolate puts straight lines across gaps, and the nearest value at the ends.
func interpolate(x []float64, gap []bool) {
	last := -1
	for i := 0; i <= len(x); i++ {
		if i < len(x) && gap[i] {
			continue
		}
		for k := last + 1; k < i; k++ {
			switch {
			case last < 0:
				x[k] = x[i]
			case i == len(x):
				x[k] = x[last]
			default:
				x[k] = x[last] + (x[i]-x[last])*float64(k-last)/float64(i-last)
			}
		}
		last = i
	}
}

// stableQuantile maps a normal value to a symmetric 1.7-stable one, roughly: between the quantiles
// below (of 4 million draws by Chambers, Mallows and Stuck's method with numpy 2.4), straight lines in
// the logarithm of the tail's probability and of the value.
func stableQuantile(v float64) float64 {
	p := 2 * (1 - distuv.UnitNormal.CDF(math.Abs(v))) // of a larger size
	sizes, tails := stableSizes, stableTails
	i := 1
	for i < len(tails)-1 && tails[i] > p {
		i++
	}
	u := (math.Log(tails[i-1]) - math.Log(p)) / (math.Log(tails[i-1]) - math.Log(tails[i]))
	size := math.Exp(math.Log(sizes[i-1])*(1-u) + math.Log(sizes[i])*u)
	return math.Copysign(size, v)
}

var stableTails = []float64{
	1, 0.9999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001,
	0.0003, 0.0001, 0.00001,
}

var stableSizes = []float64{
	1e-9, 0.0002008, 0.01767, 0.08799, 0.1762, 0.3564, 0.5438, 0.7436, 0.9634, 1.214, 1.517, 1.928, 2.216, 2.638, 3.043, 3.475, 4.282, 5.147, 7.273, 10.53, 17.63, 26.44,
	52.89, 102.1, 429.2,
}
