package inference

import (
	"context"
	"runtime"
	"sync"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/nn/engine"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

const (
	maxBatch       = 64       // series
	maxBatchPoints = 64 << 10 // after which a batch takes no further series: short ones do not wait for long ones
)

// job is a series on its way to an answer.
type job struct {
	ctx    context.Context //nolint:containedctx // of the request: whether somebody still waits, and its span
	served *served
	level  float64
	key    cacheKey
	id     string
	values []float64
	points int // of the budget
	done   func(*predictv1.Prediction)
}

// budget bounds what is in hand.
type budget struct {
	mu                   sync.Mutex
	series, points       int
	maxSeries, maxPoints int
}

// take claims room for series of that many points together, all or nothing.
func (b *budget) take(series, points int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.series+series > b.maxSeries || b.points+points > b.maxPoints {
		return false
	}
	b.series += series
	b.points += points
	return true
}

func (b *budget) give(series, points int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.series -= series
	b.points -= points
}

// pool computes answers with a fixed number of workers. Batches form by themselves: a worker that
// becomes free takes its fair share of what is waiting, so that nothing ever waits for company while
// a worker is idle, and the busier the pool is the larger are the batches. Long series have a queue
// and a worker of their own: one at a time, because each takes some hundred bytes of memory for a
// point, and beside the others, because each takes up to a second.
type pool struct {
	budget  budget
	queue   chan *job // these two have room for the whole budget
	long    chan *job
	quit    chan struct{}
	size    int
	engines engine.List
	metrics metrics
	cache   *cache
	workers sync.WaitGroup
}

func newPool(cfg Config, engines engine.List, m metrics, c *cache) *pool {
	size := cfg.Workers
	if size == 0 {
		size = runtime.GOMAXPROCS(0)
	}
	return &pool{
		budget: budget{maxSeries: cfg.Queue, maxPoints: maxInHand},
		queue:  make(chan *job, cfg.Queue), long: make(chan *job, cfg.Queue),
		quit: make(chan struct{}), size: size, engines: engines, metrics: m, cache: c,
	}
}

func (p *pool) start() {
	for range p.size {
		p.workers.Go(func() { p.work(newWorker(p.engines), p.queue) })
	}
	p.workers.Go(func() { p.work(newWorker(p.engines), p.long) })
}

// put queues a job for which the budget was taken. It never blocks.
func (p *pool) put(j *job) {
	if len(j.values) >= longSeries {
		p.long <- j
		return
	}
	p.queue <- j
}

// stop waits until all jobs are done. Nothing may be queued any more.
func (p *pool) stop() {
	close(p.quit)
	p.workers.Wait()
}

func (p *pool) work(w *worker, queue chan *job) {
	for {
		select {
		case j := <-queue:
			p.do(w, p.gather(j, queue))
		case <-p.quit:
			if len(queue) == 0 {
				return
			}
		}
	}
}

// gather takes a fair share of what is waiting besides first.
func (p *pool) gather(first *job, queue chan *job) []*job {
	batch := []*job{first}
	share := min(maxBatch, (len(queue)+p.size)/p.size)
	for points := len(first.values); len(batch) < share && points < maxBatchPoints; {
		select {
		case j := <-queue:
			batch = append(batch, j)
			points += len(j.values)
		default:
			return batch
		}
	}
	return batch
}

// do computes a batch. Jobs that nobody waits for are let go.
func (p *pool) do(w *worker, batch []*job) {
	p.metrics.batch.Observe(float64(len(batch)))
	live := batch[:0:0]
	for _, j := range batch {
		if err := j.ctx.Err(); err != nil {
			p.finish(j, j.failed(fault.With(fault.Unavailable, err)))
			continue
		}
		live = append(live, j)
	}
	if len(live) == 0 {
		return
	}
	for i, answer := range w.answer(live) {
		if answer.GetError() == "" {
			p.cache.put(live[i].key, answer)
		}
		p.finish(live[i], answer)
	}
}

func (p *pool) finish(j *job, answer *predictv1.Prediction) {
	p.budget.give(1, j.points)
	j.done(answer)
}

// failed is the answer to a series that cannot be answered for.
func (j *job) failed(err error) *predictv1.Prediction {
	return &predictv1.Prediction{
		Id: j.id, Level: j.level, Model: j.served.label(), Bundle: string(j.served.bundle),
		N: int32(len(j.values)), Error: err.Error(),
	}
}
