package native

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCrewDoesEachTaskOnceInOrderOfPhases(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 3, 16} {
		c := newCrew(workers, 3)
		var done [3]atomic.Int64
		for range 200 {
			for i := range done {
				done[i].Store(0)
			}
			var late atomic.Bool
			part := func(i, tasks int, before int64) phase {
				return phase{tasks, func(worker, task int) {
					if worker < 0 || worker >= workers || i > 0 && done[i-1].Load() != before {
						late.Store(true)
					}
					done[i].Add(int64(task) + 1)
				}}
			}
			c.run([]phase{part(0, 7, 0), part(1, 0, 28), part(2, 40, 0)})
			require.False(t, late.Load())
			require.EqualValues(t, 28, done[0].Load())
			require.EqualValues(t, 820, done[2].Load())
			c.run([]phase{part(0, 1, 0)})
		}
		c.close()
		c.close()
	}
}

func TestCrewPanicsWhereItIsCalled(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 4} {
		c := newCrew(workers, 2)
		for range 50 {
			after := false
			require.PanicsWithValue(t, "task 5", func() {
				c.run([]phase{{9, func(_, task int) {
					if task == 5 {
						panic("task 5")
					}
				}}, {1, func(int, int) { after = true }}})
			})
			require.False(t, after)
			ran := false
			c.run([]phase{{1, func(int, int) { ran = true }}})
			require.True(t, ran)
		}
		c.close()
	}
}
