package main

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// seed of the simulated noise. A cell's series are the same for every method, so that tables do not
// depend on which methods are run together.
const seed = 20_260_101

// seriesFor is how many series a cell has: enough for a standard deviation that is good to about 2 %
// at lengths that are common, fewer where a series takes long.
func seriesFor(n int, share float64) int {
	series := 2000.0
	switch {
	case n > 4096:
		series = 500
	case n > 1024:
		series = 1000
	}
	return max(20, int(series*share))
}

// moments are the running sums of one method's errors in a cell.
type moments struct{ sum, square float64 }

// simulate fills the rows of the methods, all cells at once on all processors.
func simulate(table *estimator.Calibration, methods []estimator.Method, share float64) error {
	for _, m := range methods {
		s := estimator.Spread{}
		for range table.N {
			s.Bias = append(s.Bias, make([]float64, len(table.H)))
			s.SD = append(s.SD, make([]float64, len(table.H)))
		}
		table.Methods[m.Name] = s
	}
	failures := make(chan error, len(table.N)*len(table.H))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var cells sync.WaitGroup
	for i, n := range table.N {
		for k, h := range table.H {
			cells.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				series := seriesFor(n, share)
				found, err := cell(methods, n, h, series)
				if err != nil {
					failures <- err
					return
				}
				for j, m := range methods {
					mean := found[j].sum / float64(series)
					table.Methods[m.Name].Bias[i][k] = mean
					table.Methods[m.Name].SD[i][k] = math.Sqrt((found[j].square - mean*found[j].sum) / float64(series-1))
				}
			})
		}
	}
	cells.Wait()
	close(failures)
	return <-failures
}

// cell estimates the same series of one length and exponent by each method.
func cell(methods []estimator.Method, n int, h float64, series int) ([]moments, error) {
	prepared := make([]*estimator.Prepared, len(methods))
	for j, m := range methods {
		prepared[j] = m.New(estimator.Settings{Class: estimator.Noise}).Prepare(n)
	}
	g, x, found := process.NewFGN(n), make([]float64, n), make([]moments, len(methods))
	for i := range series {
		if err := g.Generate(x, h, process.Source(seed, fmt.Sprintf("calibrate/%d/%v", n, h), uint64(i))); err != nil {
			return nil, err
		}
		for j, p := range prepared {
			v, err := p.Exponent(x)
			if err != nil {
				return nil, fmt.Errorf("%s, n = %d, H = %v, series %d: %w", methods[j].Name, n, h, i, err)
			}
			found[j].sum += v - h
			found[j].square += (v - h) * (v - h)
		}
	}
	return found, nil
}
