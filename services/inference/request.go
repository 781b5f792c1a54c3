package inference

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

const (
	maxSeries    = 1024                 // in a request
	maxPoints    = 4_000_000            // in a request, all series together
	maxInHand    = 4 * maxPoints        // in all requests together
	maxStored    = 8 * series.MaxPoints // bytes of a stored series
	defaultLevel = 0.90
	minLevel     = 0.50
	maxLevel     = 0.99
)

// predict answers a request. What is wrong with one series is said in its answer.
func (s *Inference) predict(ctx context.Context, req *predictv1.PredictRequest) (*predictv1.PredictResponse, error) {
	start := time.Now()
	version, err := s.catalog.find(req.GetModel())
	if err != nil {
		return nil, err
	}
	level, points, err := checkRequest(req)
	if err != nil {
		return nil, err
	}
	all := req.GetSeries()
	if !s.pool.budget.take(len(all), points) {
		s.metrics.predictions.WithLabelValues(outcomeRefused).Add(float64(len(all)))
		return nil, fault.New(fault.Unavailable, "overloaded: this replica has %d series in hand already; try again, or start more replicas", s.cfg.Queue)
	}
	answers := make([]*predictv1.Prediction, len(all))
	var waiting sync.WaitGroup
	err = s.ask(ctx, version, level, all, answers, &waiting)
	waiting.Wait() // also after an error: the jobs that were begun write to answers
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		s.metrics.predictions.WithLabelValues(outcome(a)).Inc()
	}
	s.metrics.seconds.Observe(time.Since(start).Seconds())
	return &predictv1.PredictResponse{Predictions: answers}, nil
}

func outcome(p *predictv1.Prediction) string {
	switch {
	case p.GetError() != "":
		return outcomeError
	case p.GetCached():
		return outcomeCached
	}
	return outcomeOK
}

// checkRequest returns the level and how many points the request brings.
func checkRequest(req *predictv1.PredictRequest) (level float64, points int, err error) {
	if n := len(req.GetSeries()); n == 0 || n > maxSeries {
		return 0, 0, fault.New(fault.Invalid, "the request has %d series; allowed: 1 to %d", n, maxSeries)
	}
	level = req.GetLevel()
	if level == 0 {
		level = defaultLevel
	}
	if !(level >= minLevel && level <= maxLevel) { // also refuses NaN
		return 0, 0, fault.New(fault.Invalid, "level: %v; allowed: %.2f to %.2f, or 0 for %.2f", level, minLevel, maxLevel, defaultLevel)
	}
	for _, in := range req.GetSeries() {
		points += pointsOf(in)
	}
	if points > maxPoints {
		return 0, 0, fault.New(fault.Invalid, "the series of the request have %d points together; allowed: %d. Send several requests", points, maxPoints)
	}
	return level, points, nil
}

// pointsOf returns how many points a series claims to have. References that are refused later count none.
func pointsOf(in *predictv1.Series) int {
	if in.GetRef() != nil && len(in.GetValues()) == 0 && checkRef(wire.ToRef(in.GetRef())) == nil {
		return int(in.GetRef().GetSize() / 8)
	}
	return len(in.GetValues())
}

// ask answers from the cache what it can, and gives the rest to the pool. It owns the budget that was
// taken for all series, and passes each series' part on to its job.
func (s *Inference) ask(ctx context.Context, v *served, level float64, all []*predictv1.Series, answers []*predictv1.Prediction, waiting *sync.WaitGroup) error {
	for i, in := range all {
		points := pointsOf(in)
		answer, j, err := s.prepare(ctx, v, level, in)
		if err != nil {
			for _, rest := range all[i:] {
				s.pool.budget.give(1, pointsOf(rest))
			}
			return err
		}
		if answer != nil {
			answers[i] = answer
			s.pool.budget.give(1, points)
			continue
		}
		waiting.Add(1)
		j.points = points
		j.done = func(p *predictv1.Prediction) {
			answers[i] = p
			waiting.Done()
		}
		s.pool.put(j)
	}
	return nil
}

// prepare returns the answer to a series, or else the job that computes it. Its error is the whole
// request's.
func (s *Inference) prepare(ctx context.Context, v *served, level float64, in *predictv1.Series) (*predictv1.Prediction, *job, error) {
	refuse := func(err error) (*predictv1.Prediction, *job, error) {
		return &predictv1.Prediction{Id: in.GetId(), Level: level, Model: v.label(), Bundle: string(v.bundle), N: int32(pointsOf(in)), Error: err.Error()}, nil, nil
	}
	key := cacheKey{level: level, bundle: v.bundle}
	stored := in.GetRef() != nil
	switch {
	case stored && len(in.GetValues()) > 0:
		return refuse(errors.New("the series has both values and a reference; give one of them"))
	case stored:
		ref := wire.ToRef(in.GetRef())
		if err := checkRef(ref); err != nil {
			return refuse(err)
		}
		if _, err := hex.Decode(key.values[:], []byte(ref.Digest)); err != nil {
			return refuse(err)
		}
	default:
		key.values = digest(in.GetValues())
	}
	if p := s.cache.get(key); p != nil {
		p.Id, p.Model = in.GetId(), v.label()
		return p, nil, nil
	}
	j := &job{ctx: ctx, served: v, level: level, key: key, id: in.GetId(), values: in.GetValues()}
	if stored {
		values, err := s.fetch(ctx, wire.ToRef(in.GetRef()))
		var lost *artifact.LostError
		switch {
		case errors.As(err, &lost):
			return refuse(err)
		case err != nil:
			return nil, nil, fault.New(fault.Unavailable, "read series %.80q: %w", in.GetId(), err)
		case values == nil:
			return refuse(errors.New("the stored series has another size than its reference says"))
		}
		j.values = values
	}
	return nil, j, nil
}

// checkRef tells what is wrong with a reference to a stored series.
func checkRef(ref artifact.Ref) error {
	switch {
	case !ref.Digest.Valid():
		return fault.New(fault.Invalid, "the reference's digest %.80q is none: want 64 hexadecimal digits", string(ref.Digest))
	case ref.Size <= 0 || ref.Size > maxStored || ref.Size%8 != 0:
		return fault.New(fault.Invalid, "the reference's size is %d bytes; a stored series has 8 bytes for each point and at most %d points", ref.Size, series.MaxPoints)
	}
	return nil
}

// fetch reads a stored series; nil: it has another size than the reference says.
func (s *Inference) fetch(ctx context.Context, ref artifact.Ref) ([]float64, error) {
	data, err := artifact.Get(ctx, s.store, ref)
	if err != nil || int64(len(data)) != ref.Size {
		return nil, err
	}
	values := make([]float64, len(data)/8)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return values, nil
}
