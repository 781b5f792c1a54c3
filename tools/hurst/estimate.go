package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/series"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

func (a *app) estimateCommand() *cobra.Command {
	var src source
	var method string
	var level float64
	cmd := &cobra.Command{
		Use:   "estimate [FILE…]",
		Short: "Estimate Hurst exponents with a classical estimator",
		Long: "Estimate the Hurst exponent of each series in the files, or on the standard input, with a classical\n" +
			"estimator. It runs right here and needs no system. Output and exit codes are those of `hurst predict`.",
		Example: "  hurst estimate nile.csv\n  hurst estimate --rows many.csv --json",
		GroupID: groupSeries,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case method != methodWhittle:
				return usage("--method is %q; allowed: %s", method, methodWhittle)
			case !(level >= 0.5 && level < 1):
				return usage("--level is %v; allowed: 0.5 to below 1", level)
			}
			if err := src.set(args); err != nil {
				return err
			}
			return a.estimate(cmd.Context(), src, level)
		},
	}
	src.flags(cmd)
	cmd.Flags().StringVar(&method, "method", methodWhittle, "estimator: whittle")
	cmd.Flags().Float64Var(&level, "level", 0.95, "level of the interval")
	return cmd
}

const methodWhittle = "whittle"

func (a *app) estimate(ctx context.Context, src source, level float64) error {
	out := a.newAnswers("", src.opt.LabelFirst)
	out.alone = true
	var prepared *estimator.Prepared
	n := 0
	for x, err := range src.each(ctx, a.in) {
		if err != nil {
			return err
		}
		p := &predictv1.Prediction{}
		if _, _, err := series.Check(x.Values); err != nil {
			p.Error = err.Error()
		} else {
			if len(x.Values) != n {
				n = len(x.Values)
				prepared = estimator.Whittle{Settings: estimator.Settings{Level: level}}.Prepare(n)
			}
			p = classical(prepared, x.Values)
		}
		if err := out.add(asked{Series: x}, p); err != nil {
			return err
		}
	}
	return out.end(true)
}

// classical writes an estimate the way a model's answer is written.
func classical(w *estimator.Prepared, x []float64) *predictv1.Prediction {
	e, err := w.Estimate(x)
	if err != nil {
		return &predictv1.Prediction{Error: fmt.Sprintf("whittle: %v", err)}
	}
	return &predictv1.Prediction{H: e.H, Lower: e.Lower, Upper: e.Upper, Level: e.Level, Class: e.Class, Model: methodWhittle}
}
