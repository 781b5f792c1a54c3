package main

import (
	"math"
	"syscall"

	"github.com/longmemory/hurst/pkg/tree"
)

// result is what one configuration took and how good it is. Times are seconds of the processor.
type result struct {
	Name   string  `json:"name"`
	Rows   int     `json:"rows"`
	Fit    float64 `json:"fit"`
	Single float64 `json:"single"` // a row alone
	Batch  float64 `json:"batch"`  // a row among 2000
	RMSE   float64 `json:"rmse"`
}

func measure(l learner, train, test tree.Data) (result, error) {
	r := result{Name: l.name, Rows: train.Rows, Fit: math.Inf(1), Single: math.Inf(1), Batch: math.Inf(1)}
	var m predictor
	for range 2 {
		start := clock()
		var err error
		if m, err = l.fit(train); err != nil {
			return r, err
		}
		r.Fit = min(r.Fit, clock()-start)
	}
	p := make([]float64, test.Rows)
	for range 5 {
		start := clock()
		for i := range p {
			m.Predict(p[i:i+1], test.X[i*cols:(i+1)*cols], 1)
		}
		r.Single = min(r.Single, (clock()-start)/float64(test.Rows))
		start = clock()
		m.Predict(p, test.X, test.Rows)
		r.Batch = min(r.Batch, (clock()-start)/float64(test.Rows))
	}
	for i, y := range test.Y {
		r.RMSE += (p[i] - y) * (p[i] - y) / float64(test.Rows)
	}
	r.RMSE = math.Sqrt(r.RMSE)
	return r, nil
}

// clock returns the seconds that this process has kept processors busy.
func clock() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
