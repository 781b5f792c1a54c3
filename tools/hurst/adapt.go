package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

// adaptFlags say what a model is adapted to.
type adaptFlags struct {
	source source
	files  []string
	labels string
	class  string
	alias  string
	seed   uint64
	steps  int
	rate   float64
}

func (a *app) adaptCommand() *cobra.Command {
	var f adaptFlags
	cmd := &cobra.Command{
		Use:   "adapt NAME[@VERSION]",
		Short: "Train a network further on a few labelled series, as a new version",
		Long: fmt.Sprintf("Train the networks of a model's version (without one, the champion) further on %d to %d series of your own kind\n"+
			"whose Hurst exponents are known. How far, and of which layers, is what predicts best those series that are\n"+
			"left out; where nothing is found to help, there is no new version. The new one's lineage names the old one,\n"+
			"and --alias champion lets it answer predictions.", train.MinAdapt, train.MaxAdapt),
		Example: "  hurst models adapt hurst --series rivers.csv --label-first\n" +
			"  hurst models adapt hurst@2 --series a.csv,b.csv,c.csv,d.csv,e.csv --labels 0.6,0.7,0.65,0.8,0.7 --alias champion",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.adapt(ctx, c, args[0], f) })
		},
	}
	a.clientFlags(cmd)
	f.source.flags(cmd)
	fl := cmd.Flags()
	fl.StringSliceVar(&f.files, "series", nil, "files with the series; - is the standard input")
	fl.StringVar(&f.labels, "labels", "", "their H, separated by commas, or a file with one in each line; or --label-first")
	fl.StringVar(&f.class, "class", "auto", "noise, walk, or auto: as each series looks")
	fl.StringVar(&f.alias, "alias", "adapted", "alias that is pointed at the new version")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the parts that are left out in turn")
	fl.IntVar(&f.steps, "steps", 100, "steps of training at most, 1 to 10000")
	fl.Float64Var(&f.rate, "rate", 1e-3, "learning rate, up to 1")
	return cmd
}

func (f *adaptFlags) check() error {
	switch {
	case len(f.files) == 0:
		return usage("--series names no file: give the labelled series")
	case (f.labels != "") == f.source.opt.LabelFirst:
		return usage("--labels is %q and --label-first %v: give one of them", f.labels, f.source.opt.LabelFirst)
	case f.class != "auto" && f.class != estimator.Noise && f.class != estimator.Walk:
		return usage("--class is %q; allowed: auto, noise, walk", f.class)
	case f.steps < 1 || f.steps > 10_000:
		return usage("--steps is %d; allowed: 1 to 10000", f.steps)
	case !(f.rate > 0 && f.rate <= 1):
		return usage("--rate is %v; allowed: more than 0, at most 1", f.rate)
	}
	return f.source.set(f.files)
}

func (a *app) adapt(ctx context.Context, c *client.Client, which string, f adaptFlags) error {
	rows, err := f.rows(ctx, a)
	if err != nil {
		return err
	}
	v, err := versionOf(ctx, c, which)
	if err != nil {
		return err
	}
	name := v.GetModel()
	store, err := storeOf(ctx, c)
	if err != nil {
		return err
	}
	defer store.Close()
	found, bundle, err := adaptStored(ctx, store, v, rows, f)
	if err != nil {
		return err
	}
	view := adaptView{Model: name, Parent: v.GetVersion(), Series: found.Series, Before: found.Before, After: found.After, AfterSE: found.AfterSE}
	if bundle.Digest == "" {
		return a.showAdapted(view)
	}
	d, err := rpc.Call[deployv1.Decision](ctx, c.Conn, wire.SubjectPromote, &deployv1.PromoteRequest{
		Run: fmt.Sprintf("adapted from %s@%d", name, v.GetVersion()), Model: name, Kind: v.GetKind(), Bundle: wire.Ref(bundle), Mae: found.After, Alias: f.alias,
	})
	if err != nil {
		return err
	}
	view.Version, view.Alias, view.Bundle = d.GetVersion(), d.GetAlias(), string(bundle.Digest)
	return a.showAdapted(view)
}

// adaptStored adapts the model of a stored bundle and stores the new one, if there is one.
func adaptStored(ctx context.Context, store *s3.Store, v *deployv1.Version, rows []dataset.Row, f adaptFlags) (model.Adapted, artifact.Ref, error) {
	parent := wire.ToRef(v.GetBundle())
	data, err := artifact.Get(ctx, store, parent)
	if err != nil {
		return model.Adapted{}, artifact.Ref{}, err
	}
	m, err := model.Decode(data)
	if err != nil {
		return model.Adapted{}, artifact.Ref{}, err
	}
	labelled, err := model.SeriesOf(rows)
	if err != nil {
		return model.Adapted{}, artifact.Ref{}, usage("%w", err)
	}
	shard, err := dataset.EncodeSeries(rows)
	if err != nil {
		return model.Adapted{}, artifact.Ref{}, usage("%w", err)
	}
	adapted, found, err := model.Adapt(m, model.AdaptJob{
		Series: labelled, Parent: parent.Digest, Data: artifact.DigestOf(shard),
		Seed: f.seed, Steps: f.steps, Rate: f.rate, Threads: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return found, artifact.Ref{}, usage("%w", err)
	}
	if adapted == nil {
		return found, artifact.Ref{}, nil
	}
	if _, err := artifact.Put(ctx, store, shard, "application/vnd.apache.parquet"); err != nil {
		return found, artifact.Ref{}, err
	}
	bundle, err := model.Encode(adapted)
	if err != nil {
		return found, artifact.Ref{}, err
	}
	ref, err := artifact.Put(ctx, store, bundle, model.MediaType)
	return found, ref, err
}

// rows reads the labelled series.
func (f *adaptFlags) rows(ctx context.Context, a *app) ([]dataset.Row, error) {
	labels, err := readLabels(f.labels)
	if err != nil {
		return nil, err
	}
	var rows []dataset.Row
	for x, err := range f.source.each(ctx, a.in) {
		if err != nil {
			return nil, err
		}
		row, err := f.row(x)
		if err != nil {
			return nil, usage("%s: %w", x.Name, err)
		}
		if x.Label != nil {
			labels = append(labels, *x.Label)
		}
		row.Index = uint64(len(rows))
		if rows = append(rows, row); len(rows) > train.MaxAdapt {
			return nil, usage("there are more than %d series: train a model with them instead", train.MaxAdapt)
		}
	}
	switch {
	case len(rows) < train.MinAdapt:
		return nil, usage("%d series: at least %d are needed", len(rows), train.MinAdapt)
	case len(labels) != len(rows):
		return nil, usage("%d labels for %d series", len(labels), len(rows))
	}
	for i, h := range labels {
		if rows[i].H = h; !(h > 0 && h < 1) {
			return nil, usage("the label of series %d is %v: want a number between 0 and 1", i+1, h)
		}
	}
	return rows, nil
}

// row checks a series and tells whether it is a walk, as predictions do.
func (f *adaptFlags) row(x series.Series) (dataset.Row, error) {
	values, _, err := series.Check(x.Values)
	if err != nil {
		return dataset.Row{}, err
	}
	row := dataset.Row{Process: "labelled", Class: f.class, N: len(values), Values: make([]float32, len(values))}
	if f.class == "auto" {
		row.Class = dataset.Noise
		if e, err := (estimator.Whittle{}).Estimate(values); err == nil {
			row.Class = e.Class
		}
	}
	for i, v := range values {
		row.Values[i] = float32(v)
	}
	return row, nil
}

// readLabels reads numbers that are separated by commas, or a file of them.
func readLabels(text string) ([]float64, error) {
	if text == "" {
		return nil, nil
	}
	if !strings.ContainsAny(text, ",") {
		if data, err := os.ReadFile(text); err == nil {
			text = string(data)
		}
	}
	var labels []float64
	for i, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ' ' }) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, usage("--labels: value %d is %.40q: want a number, or the name of a file of numbers", i+1, field)
		}
		labels = append(labels, v)
	}
	return labels, nil
}

// adaptView is the outcome in JSON; version is zero where nothing was found to help.
type adaptView struct {
	Model   string  `json:"model"`
	Parent  int32   `json:"parent"`
	Version int32   `json:"version,omitempty"`
	Alias   string  `json:"alias,omitempty"`
	Bundle  string  `json:"bundle,omitempty"`
	Series  int     `json:"series"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	AfterSE float64 `json:"after_se"`
}

func (a *app) showAdapted(v adaptView) error {
	if a.json {
		return a.printJSON(v)
	}
	if v.Version == 0 {
		a.printf("no new version: on %d series %s@%d has a MAE of %.4f, and nothing was found to lower it by more than chance\n",
			v.Series, v.Model, v.Parent, v.Before)
		return nil
	}
	a.printf("%s, adapted from version %d with %d series\n", a.paint.Good(fmt.Sprintf("%s@%d (%s)", v.Model, v.Version, v.Alias)), v.Parent, v.Series)
	a.printf("MAE on them %.4f before, %.4f ± %.4f after, each predicted without having been seen\n", v.Before, v.After, v.AfterSE)
	return nil
}
