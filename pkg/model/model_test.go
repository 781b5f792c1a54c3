package model

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryKindLearns(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		m := fit(t, kind)
		require.Equal(t, kind, m.Kind)
		require.Equal(t, Lengths{128, 256}, m.Lengths)
		require.InDelta(t, 0.1, m.HRange.Min, 0.01)
		require.InDelta(t, 0.9, m.HRange.Max, 0.01)
		if kind == "transformer" || kind == "lstm" || kind == "cnn" { // too small here to learn much; a guess has 0.2
			require.Less(t, m.MAE, 0.25)
			return
		}
		require.Less(t, m.MAE, 0.06)
		require.Len(t, m.Metrics, 2)
		require.Equal(t, 128, m.Metrics[0].N)
		require.Equal(t, 200, m.Metrics[0].Count)

		r := evaluation(t, m)
		require.Equal(t, 600, r.Overall.Count)
		require.Greater(t, r.ByN[0].MAE, r.ByN[1].MAE)
		// Limits are 0.0434 and 0.0306; 1,200 series are few to learn from.
		for i, most := range []float64{0.07, 0.05} {
			limit, ok := Limit("fgn", r.ByN[i].N)
			require.True(t, ok)
			require.Less(t, r.ByN[i].MAE, most)
			require.Greater(t, r.ByN[i].MAE, limit-3*r.ByN[i].SE)
		}
		// The standard error of a coverage of 0.9 is 0.012 from 600 series, and 0.015 from the 400
		// of the calibration.
		require.InDelta(t, 0.9, r.Overall.Coverage90, 0.06)
		require.Greater(t, r.Overall.RMSE, r.Overall.MAE)
		require.Less(t, math.Abs(r.Overall.Bias), 0.02)
	})
}

func TestFitIsDeterministic(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		a, err := Encode(fit(t, kind))
		require.NoError(t, err)
		job := jobOf(kind)
		job.Threads = 1
		b, err := Encode(fitAnew(t, job, kind))
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

func TestSessionAgreesWithEvaluation(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		m := fit(t, kind)
		set := featureData(data().test)
		if ReadsSeries(kind) {
			set = seriesData(themselves().test)
		}
		opinions, err := m.predict(set)
		require.NoError(t, err)
		h := func(i int) float64 { return opinions[i].H }
		s := m.NewSession()
		var xs [][]float64
		for i := range 10 {
			x, _ := noise(t, "test", i, set.n[i])
			if ReadsSeries(kind) {
				x = wide(nil, themselves().test.X[i])
			}
			xs = append(xs, x)
			a, err := s.Estimate(x, 0.9)
			require.NoError(t, err)
			require.Equal(t, h(i), a.H)
			require.Equal(t, 0.9, a.Level)
			require.True(t, 0 <= a.Lower && a.Lower < a.H && a.H < a.Upper && a.Upper <= 1)
		}
		xs[3], xs[4] = nil, make([]float64, 200) // too short, constant
		results := s.EstimateAll(xs, make([]float64, 10))
		for i, r := range results {
			if i == 3 || i == 4 {
				require.Error(t, r.Err)
				continue
			}
			require.NoError(t, r.Err)
			require.Equal(t, h(i), r.Answer.H)
			require.Equal(t, DefaultLevel, r.Answer.Level)
		}
		require.Empty(t, s.EstimateAll(nil, nil))
	})
}

func TestAnswerIgnoresScaleAndShift(t *testing.T) {
	t.Parallel()
	for kind, tolerance := range map[string]float64{"ridge": 1e-9, "filterbank": 1e-5, "mlp": 1e-5} { // of float64 and float32
		s := fit(t, kind).NewSession()
		x, _ := noise(t, "test", 0, 200)
		a, err := s.Estimate(x, 0.95)
		require.NoError(t, err)
		for i := range x {
			x[i] = 3 + 1e6*x[i]
		}
		b, err := s.Estimate(x, 0.95)
		require.NoError(t, err)
		require.InDelta(t, a.H, b.H, tolerance, kind)
	}
}

func TestFlagsAndLevels(t *testing.T) {
	t.Parallel()
	m := fit(t, "ridge")
	answer := func(h float64, n int) []string {
		a, err := m.answer(Opinion{h, 1}, n, 0.9)
		require.NoError(t, err)
		return a.Flags
	}
	require.Empty(t, answer(0.5, 200))
	require.Equal(t, []string{FlagLength}, answer(0.5, 300))
	require.Equal(t, []string{FlagLength, FlagShort}, answer(0.5, 100))
	require.Equal(t, []string{FlagEdge}, answer(0.95, 200))
	require.Equal(t, []string{FlagEdge}, answer(-3, 200))
	a, err := m.answer(Opinion{1.7, 1}, 200, 0)
	require.NoError(t, err)
	require.Equal(t, 1.0, a.H)
	require.Equal(t, 1.0, a.Upper)
	for _, level := range []float64{-1, 0.1, 1, math.NaN()} {
		_, err = m.answer(Opinion{0.5, 1}, 200, level)
		require.ErrorContains(t, err, "outside the calibrated")
	}
	_, err = m.answer(Opinion{math.NaN(), 1}, 200, 0.9)
	require.ErrorContains(t, err, "NaN")
}

func TestEvaluateRefusesOtherFeatures(t *testing.T) {
	t.Parallel()
	m, f := fit(t, "ridge"), data().test
	f.Version++
	_, err := Evaluate(m, f)
	require.ErrorContains(t, err, "not those of the model")
	f.Version--
	f.Rows = 0
	_, err = Evaluate(m, f)
	require.ErrorContains(t, err, "no rows")
}

func TestModelIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		m := fit(t, kind)
		x, _ := noise(t, "test", 1, 256)
		want, err := m.NewSession().Estimate(x, 0.9)
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				s := m.NewSession()
				for range 20 {
					got, err := s.Estimate(x, 0.9)
					if err != nil || got.H != want.H {
						t.Errorf("%v, %v: want %v", got, err, want)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestManyLengthsAreGrouped(t *testing.T) {
	t.Parallel()
	few := grouping([]int{64, 100, 500})
	require.Equal(t, 100, few(100))
	var lengths []int
	for n := 64; n < 200; n++ {
		lengths = append(lengths, n)
	}
	many := grouping(lengths)
	require.Equal(t, 64, many(127))
	require.Equal(t, 128, many(128))
	require.Equal(t, 1, many(1))
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]float64{128: 0.0434, 500: 0.0215, 2048: 0.0104} {
		got, ok := Limit("fgn", n)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, process := range []string{"fgn", "arfima"} {
		last := math.Inf(1)
		for n := 128; n <= 2048; n++ {
			mae, ok := Limit(process, n)
			require.True(t, ok)
			require.Less(t, mae, last)
			last = mae
		}
	}
	for _, n := range []int{-1, 0, 127, 2049} {
		_, ok := Limit("fgn", n)
		require.False(t, ok)
	}
	_, ok := Limit("mrw", 500)
	require.False(t, ok)
}

func BenchmarkEstimate(b *testing.B) {
	x, _ := noise(b, "bench", 0, 500)
	for _, kind := range Kinds() {
		s := fit(b, kind).NewSession()
		b.Run(kind+"/n=500", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Estimate(x, 0.95); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
