package native

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// phase is work that may be done at once: tasks, in any order. What comes behind it waits for all.
type phase struct {
	tasks int
	run   func(worker, task int)
}

// crew is the workers of a trainer or a predictor. The caller is worker 0.
type crew struct {
	workers int
	phases  []phase // of the run under way
	gates   []gate  // one for each phase, and one for the end
	wake    []chan struct{}
	failed  atomic.Pointer[failure]
	ended   sync.WaitGroup
}

// failure is what a worker panicked with.
type failure struct{ value any }

// gate counts out tasks and, over all runs, the workers that found none left.
type gate struct {
	next, gone atomic.Int64
	target     int64 // what gone reaches when all have come
	mutex      sync.Mutex
	opened     sync.Cond
	_          [64]byte // apart from its neighbours in the cache
}

// newCrew starts workers for runs of at most phases phases. Close ends them.
func newCrew(workers, phases int) *crew {
	c := &crew{workers: max(1, workers), gates: make([]gate, phases)}
	for i := range c.gates {
		c.gates[i].opened.L = &c.gates[i].mutex
	}
	for i := 1; i < c.workers; i++ {
		wake := make(chan struct{}, 1)
		c.wake = append(c.wake, wake)
		c.ended.Go(func() {
			for range wake {
				c.work(i)
			}
		})
	}
	return c
}

// close ends the workers. Nothing may run.
func (c *crew) close() {
	for _, w := range c.wake {
		close(w)
	}
	c.wake = nil
	c.ended.Wait()
}

// run works through the phases. A worker's panic is the caller's.
func (c *crew) run(phases []phase) {
	if len(c.wake) == 0 {
		for _, p := range phases {
			for task := range p.tasks {
				p.run(0, task)
			}
		}
		return
	}
	c.phases = phases
	for i := range phases {
		c.gates[i].next.Store(0)
		c.gates[i].target += int64(c.workers)
	}
	c.failed.Store(nil)
	for _, w := range c.wake {
		w <- struct{}{}
	}
	c.work(0)
	if f := c.failed.Load(); f != nil {
		panic(f.value)
	}
}

// work takes tasks of one phase after the other. It returns when all are done.
func (c *crew) work(worker int) {
	for i := range c.phases {
		target := c.gates[i].target
		c.take(worker, i)
		c.gates[i].pass(target)
	}
}

func (c *crew) take(worker, i int) {
	defer func() {
		if v := recover(); v != nil {
			c.failed.CompareAndSwap(nil, &failure{v})
		}
	}()
	p, g := &c.phases[i], &c.gates[i]
	for c.failed.Load() == nil {
		task := int(g.next.Add(1)) - 1
		if task >= p.tasks {
			return
		}
		p.run(worker, task)
	}
}

// spins is how often a worker looks whether the others have come before it lies down.
const spins = 500

// pass waits until all workers have come.
func (g *gate) pass(target int64) {
	if g.gone.Add(1) == target {
		g.mutex.Lock()
		g.opened.Broadcast()
		g.mutex.Unlock()
		return
	}
	for range spins {
		if g.gone.Load() >= target {
			return
		}
		runtime.Gosched()
	}
	g.mutex.Lock()
	for g.gone.Load() < target {
		g.opened.Wait()
	}
	g.mutex.Unlock()
}
