package gateway

import (
	"context"
	"encoding/binary"
	"math"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

// How the series of an HTTP request are spread over NATS requests.
const (
	maxInline   = 48 << 10 // points in a message, which NATS bounds at 1 MiB; a longer series goes as a reference
	maxTogether = 1 << 20  // points of the stored series in a message
	maxSeries   = 256      // series in a message
	inFlight    = 4        // messages at once
)

// seriesType is the media type of a stored series.
const seriesType = "application/vnd.hurst.series+float64"

// predict answers POST /v1/predict.
func (g *Gateway) predict(ctx context.Context, r *http.Request) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, predictLimit)
	defer cancel()
	return g.withBody(ctx, r, maxPredict, func(body []byte) (reply, error) {
		q, err := parseQuestion(body)
		if err != nil {
			return reply{}, err
		}
		answer, err := g.ask(ctx, q)
		if err != nil {
			return reply{}, err
		}
		data, err := render(answer)
		return reply{body: data}, err
	})
}

// ask sends the question in parts to the inference replicas, and puts the answers in order.
func (g *Gateway) ask(ctx context.Context, q question) (*predictv1.PredictResponse, error) {
	parts := divide(q.series)
	answers := make([]*predictv1.PredictResponse, len(parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inFlight)
	for i, part := range parts {
		group.Go(func() error {
			req := &predictv1.PredictRequest{Level: q.level, Model: q.model}
			for _, s := range part {
				m, err := g.message(ctx, s)
				if err != nil {
					return err
				}
				req.Series = append(req.Series, m)
			}
			answer, err := rpc.Call[predictv1.PredictResponse](ctx, g.nats, wire.SubjectPredict, req)
			if err != nil {
				return err
			}
			if got, want := len(answer.GetPredictions()), len(part); got != want {
				return fault.New(fault.Internal, "%d series were answered with %d predictions", want, got)
			}
			answers[i] = answer
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := &predictv1.PredictResponse{}
	for _, a := range answers {
		all.Predictions = append(all.Predictions, a.GetPredictions()...)
	}
	return all, nil
}

// divide cuts the series into parts that fit into messages, in order.
func divide(all []named) [][]named {
	var parts [][]named
	inline, stored := 0, 0
	for _, s := range all {
		n := len(s.values)
		if n > maxInline {
			stored += n
		} else {
			inline += n + len(s.id)/8 + 2
		}
		last := len(parts) - 1
		if last < 0 || len(parts[last]) == maxSeries || inline > maxInline || stored > maxTogether {
			parts, last = append(parts, nil), last+1
			inline, stored = 0, 0
			if n > maxInline {
				stored = n
			} else {
				inline = n
			}
		}
		parts[last] = append(parts[last], s)
	}
	return parts
}

// message writes a series for the wire: its values, or where they are stored.
func (g *Gateway) message(ctx context.Context, s named) (*predictv1.Series, error) {
	if len(s.values) <= maxInline {
		return &predictv1.Series{Id: s.id, Values: s.values}, nil
	}
	data := make([]byte, 0, 8*len(s.values))
	for _, v := range s.values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	ref, err := artifact.Put(ctx, g.store, data, seriesType)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "store a series of %d points for the inference service: %w", len(s.values), err)
	}
	return &predictv1.Series{Id: s.id, Ref: wire.Ref(ref)}, nil
}
