package tree

import (
	"runtime"
	"sync"
)

// team is the number of goroutines that share the work of a fit.
type team int

// newTeam returns a team of workers; 0: one for each processor that Go uses.
func newTeam(workers int) team {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return team(max(1, workers))
}

// each does all tasks and returns. Worker w does tasks w, w+team, w+2·team and so on, in this order,
// so that workers can have memory of their own.
func (t team) each(tasks int, do func(worker, task int)) {
	workers := min(int(t), tasks)
	if workers <= 1 {
		for i := range tasks {
			do(0, i)
		}
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < tasks; i += workers {
				do(w, i)
			}
		})
	}
	all.Wait()
}
