package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/bulk"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

// How series are spread over requests: NATS bounds a message at 1 MiB.
const (
	maxTogether = 256       // series in a request
	maxInline   = 512 << 10 // bytes of values in a request; a longer series goes by way of the object store
	inFlight    = 4         // requests at once
)

// An overloaded service is asked again a few times.
const (
	tries      = 4
	firstPause = 200 * time.Millisecond
)

// predictFlags say what is asked of each series.
type predictFlags struct {
	source source
	level  float64
	model  string
}

func (a *app) predictCommand() *cobra.Command {
	var f predictFlags
	cmd := &cobra.Command{
		Use:   "predict [FILE…]",
		Short: "Estimate Hurst exponents with the promoted model",
		Long: "Estimate the Hurst exponent of each series in the files, or on the standard input, with the promoted\n" +
			"model, and with Whittle's estimator beside it.\n\n" +
			"With --json there is one object for each series and line, in the order of the input. It holds series,\n" +
			"n, h, lower, upper, level, class, flags, model and referees; with --label-first also label and error\n" +
			"(h less label). A series that cannot be estimated has failure instead of h; the others are answered,\n" +
			"and the exit code is 1.",
		Example: "  hurst predict nile.csv\n  hurst predict --column flow rivers.csv --json\n  hurst generate --hurst 0.7 --count 100 --label-first | hurst predict --label-first",
		GroupID: groupSeries,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(args); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.predict(ctx, c, f) })
		},
	}
	a.clientFlags(cmd)
	f.source.flags(cmd)
	cmd.Flags().Float64Var(&f.level, "level", 0.90, "level of the interval, 0.5 to 0.99")
	cmd.Flags().StringVar(&f.model, "model", "", "name of the model (default: hurst)")
	return cmd
}

func (f *predictFlags) check(files []string) error {
	if !(f.level >= 0.5 && f.level <= 0.99) {
		return usage("--level is %v; allowed: 0.5 to 0.99", f.level)
	}
	return f.source.set(files)
}

// asked is a series and what is wrong with it, if that is known before a model sees it.
type asked struct {
	series.Series
	wrong error
}

// predict asks for all series and prints the answers.
func (a *app) predict(ctx context.Context, c *client.Client, f predictFlags) error {
	return traced(ctx, c, "hurst predict", func(ctx context.Context, trace string) error {
		p := &predictor{c: c, flags: f}
		defer p.close()
		out := a.newAnswers(trace, f.source.opt.LabelFirst)
		err := bulk.Each(ctx, bulk.Config[asked, *predictv1.Prediction]{
			InFlight: inFlight, Fits: fits, Call: p.call,
			Emit: func(x asked, r *predictv1.Prediction) error { return out.add(x, r) },
		}, func(ctx context.Context) iter.Seq2[asked, error] { return checked(f.source.each(ctx, a.in)) })
		return errors.Join(err, out.end(err == nil))
	})
}

// checked finds out which series no model can answer.
func checked(all iter.Seq2[series.Series, error]) iter.Seq2[asked, error] {
	return func(yield func(asked, error) bool) {
		for x, err := range all {
			q := asked{Series: x}
			if err == nil {
				_, _, q.wrong = series.Check(x.Values)
			}
			if !yield(q, err) {
				return
			}
		}
	}
}

func size(x asked) int { return 8 * len(x.Values) }

func fits(batch []asked, next asked) bool {
	total := size(next)
	for _, x := range batch {
		total += size(x)
	}
	return len(batch) < maxTogether && total <= maxInline
}

// predictor asks the inference service.
type predictor struct {
	c     *client.Client
	flags predictFlags
	store uploads
}

func (p *predictor) close() { p.store.close() }

// call asks for one batch. Series that are known to be wrong are not sent.
func (p *predictor) call(ctx context.Context, batch []asked) ([]*predictv1.Prediction, error) {
	answers := make([]*predictv1.Prediction, len(batch))
	req := &predictv1.PredictRequest{Level: p.flags.level, Model: p.flags.model}
	var sent []int
	for i, x := range batch {
		if x.wrong != nil {
			answers[i] = &predictv1.Prediction{N: int32(len(x.Values)), Gaps: int32(x.Gaps), Error: x.wrong.Error()}
			continue
		}
		m := &predictv1.Series{Values: x.Values}
		if size(x) > maxInline {
			ref, err := p.store.put(ctx, p.c.Endpoints.S3, x.Values)
			if err != nil {
				return nil, fmt.Errorf("%s, of %d points: %w", x.Name, len(x.Values), err)
			}
			m = &predictv1.Series{Ref: wire.Ref(ref)}
		}
		req.Series = append(req.Series, m)
		sent = append(sent, i)
	}
	if len(sent) == 0 {
		return answers, nil
	}
	resp, err := p.ask(ctx, req)
	if err != nil {
		return nil, err
	}
	if got := len(resp.GetPredictions()); got != len(sent) {
		return nil, fault.New(fault.Internal, "%d series were answered with %d predictions", len(sent), got)
	}
	for k, i := range sent {
		answers[i] = resp.GetPredictions()[k]
	}
	return answers, nil
}

// ask sends a request, and sends it again when the service has no room for it now.
func (p *predictor) ask(ctx context.Context, req *predictv1.PredictRequest) (*predictv1.PredictResponse, error) {
	pause := firstPause
	for try := 1; ; try++ {
		resp, err := rpc.Call[predictv1.PredictResponse](ctx, p.c.Conn, wire.SubjectPredict, req)
		if err == nil || try == tries || fault.CodeOf(err) != fault.Unavailable || !overloaded(err) {
			return resp, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
		pause *= 2
	}
}
