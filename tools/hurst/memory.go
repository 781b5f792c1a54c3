package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/significance"
)

// memoryTest says how series are tested for long memory.
type memoryTest struct {
	source  source
	opt     significance.Options
	methods string
	null    []estimator.Method
	kept    map[nullKey]significance.NullDistribution
}

// nullKey is what a null distribution of white noise depends on.
type nullKey struct {
	method string
	n      int
}

func (a *app) memoryCommand() *cobra.Command {
	var m memoryTest
	cmd := &cobra.Command{
		Use:   "memory [FILE…]",
		Short: "Test series for long memory, against short memory, trends and level shifts",
		Long: "Test each series in the files, or on the standard input, for long memory. It runs right here and needs no\n" +
			"system. The verdict is one of: " + strings.Join([]string{significance.NoMemory, significance.Short, significance.Long, significance.TrendOrShift, significance.Antipersistent}, "; ") + ".\n\n" +
			"Long memory is claimed when no autoregression explains the low frequencies: not alone, not with a linear\n" +
			"trend, not with a level shift. A false claim then has a chance of at most 1 less --level, whichever of them\n" +
			"is true. The p-values come from simulated series; the same flags and seed give the same ones.\n\n" +
			"With --null-method it also says what an estimator finds in series of the same length without memory, and\n" +
			"with as much short memory as the series has: which of its values mean nothing.\n\n" +
			"With --json there is one object for each series and line, in the order of the input: series, n, gaps, verdict,\n" +
			"summary, h, lower, upper, class, flags, p_long, p_anti, tests and null. What cannot be tested has failure\n" +
			"instead, and the exit code is 1.",
		Example: "  hurst memory nile.csv\n" +
			"  hurst memory --null-method dfa,rs nile.csv\n" +
			"  hurst memory --rows many.csv --json\n" +
			"  hurst generate --process 'arfima(ar=0.8)' --hurst 0.5 | hurst memory --rows",
		GroupID: groupSeries,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := m.check(args); err != nil {
				return err
			}
			ctx := cmd.Context()
			m.opt.Stop = func() bool { return ctx.Err() != nil }
			return a.memory(ctx, m)
		},
	}
	m.source.flags(cmd)
	f := cmd.Flags()
	f.Float64Var(&m.opt.Level, "level", 0.95, "level of the interval; 1 less it is the chance of a false claim")
	f.StringVar(&m.opt.Class, "class", "", "noise or walk (default: detected)")
	f.IntVar(&m.opt.Draws, "draws", 499, "series simulated for each hypothesis")
	f.Uint64Var(&m.opt.Seed, "seed", 1, "seed of what is simulated")
	f.StringVar(&m.methods, "null-method", "", "estimator whose values without memory are shown, several with commas between")
	return cmd
}

// check completes what was asked for, or says what is wrong with it.
func (m *memoryTest) check(files []string) error {
	switch o := m.opt; {
	case !(o.Level >= 0.5 && o.Level < 1):
		return usage("--level is %v; allowed: 0.5 to below 1", o.Level)
	case o.Class != "" && o.Class != estimator.Noise && o.Class != estimator.Walk:
		return usage("--class is %q; allowed: %s, %s", o.Class, estimator.Noise, estimator.Walk)
	case o.Draws < significance.MinDraws || o.Draws > significance.MaxDraws:
		return usage("--draws is %d; allowed: %d to %d", o.Draws, significance.MinDraws, significance.MaxDraws)
	case 1/float64(o.Draws+1) > 1-o.Level:
		return usage("--draws is %d; --level %v wants %.0f or more", o.Draws, o.Level, 1/(1-o.Level))
	}
	m.kept = map[nullKey]significance.NullDistribution{}
	if m.methods != "" {
		for name := range strings.SplitSeq(m.methods, ",") {
			method, err := estimator.Lookup(strings.TrimSpace(name))
			if err != nil {
				return usage("--null-method: %w", err)
			}
			m.null = append(m.null, method)
		}
	}
	return m.source.set(files)
}

func (a *app) memory(ctx context.Context, m memoryTest) error {
	out := &memories{a: a, labels: m.source.opt.LabelFirst}
	for x, err := range m.source.each(ctx, a.in) {
		if err != nil {
			return err
		}
		v := m.test(x)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := out.add(v); err != nil {
			return err
		}
	}
	return out.end()
}

// test tests one series.
func (m *memoryTest) test(x series.Series) memoryView {
	v := memoryView{Series: x.Name, N: len(x.Values), Gaps: x.Gaps, Label: x.Label, Flags: []string{}}
	if x.Gaps > 0 {
		v.Flags = append(v.Flags, flagGaps)
	}
	if err := m.fill(&v, x.Values); err != nil {
		v.Failure = err.Error()
	}
	return v
}

func (m *memoryTest) fill(v *memoryView, x []float64) error {
	if _, _, err := series.Check(x); err != nil {
		return err
	}
	r, err := significance.Test(x, m.opt)
	if err != nil {
		return err
	}
	nulls, err := m.nulls(x, r.Estimate.Class)
	if err != nil {
		return err
	}
	v.fill(r)
	v.Null = nulls
	return nil
}

// nulls says what the estimators find in the series, and without memory.
func (m *memoryTest) nulls(x []float64, class string) ([]nullView, error) {
	var all []nullView
	for _, method := range m.null {
		e, err := method.New(estimator.Settings{Class: class}).Estimate(x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", method.Name, err)
		}
		n, phi, err := shortMemory(x, class)
		if err != nil {
			return nil, err
		}
		white, err := m.white(method, n)
		if err != nil {
			return nil, err
		}
		short, err := simulateNull(method, n, significance.NullOptions{Seed: m.opt.Seed, Phi: phi, Stop: m.opt.Stop})
		if err != nil {
			return nil, err
		}
		all = append(all, newNullView(method.Name, e.H, white, m.opt.Level), newNullView(method.Name, e.H, short, m.opt.Level))
	}
	return all, nil
}

// shortMemory returns the length and the first autocorrelation of the noise that is in a series.
func shortMemory(x []float64, class string) (n int, phi float64, err error) {
	if class == estimator.Walk {
		increments := make([]float64, len(x)-1)
		for i := range increments {
			increments[i] = x[i+1] - x[i]
		}
		x = increments
	}
	phi, err = significance.Persistence(x)
	return len(x), phi, err
}

// white returns the null distribution of white noise, made once for each method and length.
func (m *memoryTest) white(method estimator.Method, n int) (significance.NullDistribution, error) {
	key := nullKey{method.Name, n}
	if d, ok := m.kept[key]; ok {
		return d, nil
	}
	d, err := simulateNull(method, n, significance.NullOptions{Seed: m.opt.Seed, Stop: m.opt.Stop})
	if err == nil {
		m.kept[key] = d
	}
	return d, err
}

func simulateNull(method estimator.Method, n int, o significance.NullOptions) (significance.NullDistribution, error) {
	o.Draws = max(significance.MinDraws, min(2000, nullValues/n))
	return significance.Null(method.New(estimator.Settings{Class: estimator.Noise}), n, o)
}

// nullValues bounds how many values are simulated for a null distribution.
const nullValues = 20_000_000
