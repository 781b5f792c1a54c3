package ensemble

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/process"
)

// Folds deals rows to folds by a seed: it returns the fold of each row, 0 to folds-1. Folds differ by
// one row at most. It panics unless there are 2 to MaxFolds folds and a row for each.
func Folds(rows, folds int, seed uint64) []int {
	if folds < 2 || folds > MaxFolds || rows < folds {
		panic(fmt.Sprintf("ensemble: %d rows in %d folds: want 2 to %d folds and a row for each", rows, folds, MaxFolds))
	}
	fold := make([]int, rows)
	for i := range fold {
		fold[i] = i % folds
	}
	rng := process.Source(seed, "folds", 0)
	rng.Shuffle(rows, func(i, j int) { fold[i], fold[j] = fold[j], fold[i] })
	return fold
}

// Learn fits one member to the rows of train and writes its predictions for those of test to dst, in
// their order. Both lists ascend.
type Learn func(dst []float64, member, fold int, train, test []int) error

// OutOfFold returns predictions of all rows, one of each member, each by a member that was fitted
// without the row's fold: fold[i] is the fold of row i, from 0 to folds-1. It ends with the first error
// of learn, which may also serve to stop it.
func OutOfFold(fold []int, folds, members int, learn Learn) ([]float64, error) {
	if folds < 2 || members < 1 || members > MaxMembers {
		return nil, fmt.Errorf("%d folds and %d members: want at least 2 and 1 to %d", folds, members, MaxMembers)
	}
	for i, f := range fold {
		if f < 0 || f >= folds {
			return nil, fmt.Errorf("row %d is in fold %d: want 0 to %d", i, f, folds-1)
		}
	}
	out, dst := make([]float64, len(fold)*members), make([]float64, len(fold))
	for f := range folds {
		train, test := split(fold, f)
		if len(train) == 0 || len(test) == 0 {
			return nil, fmt.Errorf("fold %d has %d of %d rows: want some in and some out", f, len(test), len(fold))
		}
		for m := range members {
			if err := learn(dst[:len(test)], m, f, train, test); err != nil {
				return nil, fmt.Errorf("member %d without fold %d: %w", m, f, err)
			}
			for i, row := range test {
				out[row*members+m] = dst[i]
			}
		}
	}
	return out, nil
}

// split returns the rows outside a fold and those in it.
func split(fold []int, f int) (train, test []int) {
	for i, v := range fold {
		if v == f {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test
}
