package ensemble

import (
	"errors"
	"fmt"
	"math"
)

// Figure is a mean over rows with its standard error, for rows that are independent.
type Figure struct {
	Mean  float64 `json:"mean"`
	Error float64 `json:"error"`
}

// Report says how good a combination is and what its members add. Errors are absolute ones, of rows
// that the weights were not fitted to.
type Report struct {
	Combination Combination `json:"combination"` // fitted to all rows
	Ensemble    Figure      `json:"ensemble"`    // error
	OverBest    Figure      `json:"overBest"`    // by how much the best member's error is larger
	Best        int         `json:"best"`        // the member whose error is least
	Members     []Member    `json:"members"`
}

// Member says how good a member is, alone and among the others.
type Member struct {
	Alone Figure `json:"alone"` // error
	// Gain is by how much the ensemble's error is larger without the member: the others' combination is
	// fitted anew. It is 0 for the only one.
	Gain Figure `json:"gain"`
}

// ErrStopped is what Judge returns that progress ended.
var ErrStopped = errors.New("judging stopped")

// Judge fits the combination to all folds but one and takes its errors there, fold after fold, with all
// members and without each. Standard errors of differences are of differences row by row, in which
// what members have in common is gone. They do not hold how the weights would differ on other data, nor
// that the best member was chosen.
//
// progress, which may be nil, is told how many of the fits are done; false ends the work.
func (c Config) Judge(d Data, progress func(done, of int) bool) (Report, error) {
	c, err := c.complete()
	if err != nil {
		return Report{}, err
	}
	if err := d.check(); err != nil {
		return Report{}, err
	}
	if d.Rows < 2*c.Folds {
		return Report{}, fmt.Errorf("%d rows for %d folds: want at least 2 a fold", d.Rows, c.Folds)
	}
	j := judge{cfg: c, data: d, fold: Folds(d.Rows, c.Folds, c.Seed), progress: progress, of: 1 + c.Folds}
	if d.Members > 1 {
		j.of += c.Folds * d.Members
	}
	return j.run()
}

type judge struct {
	cfg      Config
	data     Data
	fold     []int
	progress func(done, of int) bool
	done, of int
}

func (j *judge) run() (Report, error) {
	r := Report{Members: make([]Member, j.data.Members)}
	var err error
	if r.Combination, err = j.fit(j.data); err != nil {
		return r, err
	}
	together, err := j.errors(-1)
	if err != nil {
		return r, err
	}
	r.Ensemble = figure(together, nil)
	for k := range r.Members {
		r.Members[k].Alone = figure(j.alone(k), nil)
		if r.Members[k].Alone.Mean < r.Members[r.Best].Alone.Mean {
			r.Best = k
		}
		if j.data.Members == 1 {
			continue
		}
		without, err := j.errors(k)
		if err != nil {
			return r, err
		}
		r.Members[k].Gain = figure(without, together)
	}
	r.OverBest = figure(j.alone(r.Best), together)
	return r, nil
}

// alone returns the absolute errors of a member.
func (j *judge) alone(k int) []float64 {
	out := make([]float64, j.data.Rows)
	for i, y := range j.data.Y {
		out[i] = math.Abs(j.data.P[i*j.data.Members+k] - y)
	}
	return out
}

// errors returns the absolute errors of the combination without one member, -1 for none, each row's
// with weights that were fitted without its fold.
func (j *judge) errors(without int) ([]float64, error) {
	out := make([]float64, j.data.Rows)
	for f := range j.cfg.Folds {
		train, test := split(j.fold, f)
		c, err := j.fit(j.data.take(train, without))
		if err != nil {
			return nil, err
		}
		held := j.data.take(test, without)
		p := make([]float64, held.Rows)
		c.Combine(p, held.P)
		for i, row := range test {
			out[row] = math.Abs(p[i] - held.Y[i])
		}
	}
	return out, nil
}

func (j *judge) fit(d Data) (Combination, error) {
	c, err := j.cfg.fit(d)
	if err != nil {
		return c, err
	}
	j.done++
	if j.progress != nil && !j.progress(j.done, j.of) {
		return c, ErrStopped
	}
	return c, nil
}

// take returns some rows of all members but one, -1 for none.
func (d Data) take(rows []int, without int) Data {
	out := Data{Rows: len(rows), Members: d.Members, Y: make([]float64, 0, len(rows))}
	if without >= 0 {
		out.Members--
	}
	out.P = make([]float64, 0, out.Members*len(rows))
	for _, i := range rows {
		out.Y = append(out.Y, d.Y[i])
		for k, v := range d.P[i*d.Members:][:d.Members] {
			if k != without {
				out.P = append(out.P, v)
			}
		}
	}
	return out
}

// figure returns the mean of x - y, or of x where y is nil, and its standard error.
func figure(x, y []float64) Figure {
	at := func(i int) float64 {
		if y == nil {
			return x[i]
		}
		return x[i] - y[i]
	}
	n, f, sum := float64(len(x)), Figure{}, 0.0
	for i := range x {
		f.Mean += at(i) / n
	}
	for i := range x {
		sum += (at(i) - f.Mean) * (at(i) - f.Mean)
	}
	if n > 1 {
		f.Error = math.Sqrt(sum / (n - 1) / n)
	}
	return f
}
