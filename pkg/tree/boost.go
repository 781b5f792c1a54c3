package tree

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// Boost fits sums of trees by gradient boosting (Friedman, Annals of Statistics 29, 2001): each tree
// is fitted to what the ones before leave. Trees grow leaf by leaf where the most is to be gained.
type Boost struct {
	Trees        int     // at most; fewer where Patience ends the fit
	LearningRate float64 // part of each tree that counts, up to 1
	Loss         Loss    // "": squared
	Quantile     float64 // for that loss, between 0 and 1
	MaxLeaves    int     // of a tree, 2 to 16384; 0: no limit
	MaxDepth     int     // of any leaf; 0: MaxDepth
	MinSplit     int     // rows that a leaf needs to be split; 0: 2
	MinLeaf      int     // rows on either side of a split; 0: 1
	MinGain      float64 // by which a split lowers the sum of squares, of the gradients unless the loss is squared
	L2           float64 // added to the number of rows in a leaf's mean
	Rows         float64 // share of the rows that each tree sees, drawn without replacement; 0: all
	Columns      float64 // share of the inputs that each tree may use; 0: all
	Bins         int     // for each input, 2 to 255; 0: 255
	Patience     int     // trees without a better validation loss that end the fit; 0: none do
	Seed         uint64  // of all that is drawn
	Workers      int     // goroutines; 0: one for each processor. It does not change the result
}

// DefaultBoost returns boosting of 100 trees of 31 leaves of at least 20 rows, at a rate of 0.1.
func DefaultBoost() Boost {
	return Boost{Trees: 100, LearningRate: 0.1, Loss: Squared, MaxLeaves: 31, MinLeaf: 20}
}

// Fit grows a model. The validation data, which may be empty, are only looked at for Progress and
// Patience: with patience the model ends with the tree at which their loss was least.
func (b Boost) Fit(train, validation Data, w Watch) (*Model, error) {
	s, err := b.begin(train, validation)
	if err != nil {
		return nil, fmt.Errorf("fit boosting: %w", err)
	}
	for t := range b.Trees {
		if w.stopped() {
			return nil, fmt.Errorf("fit boosting: %w", ErrStopped)
		}
		s.step(t)
		loss := s.judge(t)
		w.tell(Progress{Trees: t + 1, Of: b.Trees, Loss: loss})
		if b.Patience > 0 && validation.Rows > 0 && t-s.best >= b.Patience {
			break
		}
	}
	if b.Patience > 0 && validation.Rows > 0 {
		s.trees = s.trees[:s.best+1]
	}
	return s.model(), nil
}

// ascent is boosting in progress.
type ascent struct {
	cfg               Boost
	objective         objective
	train, validation Data
	base              float64
	trees             []grown

	grower     *grower
	splitter   *boostSplitter
	rng        *process.Stream
	prediction []float64 // for the training rows
	pull       []float64
	residuals  []float64 // of a leaf

	judged   []float64 // predictions for the validation rows
	best     int       // tree with the least validation loss
	bestLoss float64
}

func (b Boost) begin(train, validation Data) (*ascent, error) {
	if err := errors.Join(b.Check(), train.check()); err != nil {
		return nil, err
	}
	if validation.Rows != 0 || len(validation.X) != 0 || len(validation.Y) != 0 {
		if err := validation.check(); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		if validation.Cols != train.Cols {
			return nil, fmt.Errorf("%d inputs to train with and %d to validate with: want the same", train.Cols, validation.Cols)
		}
	}
	o, err := b.objective()
	if err != nil {
		return nil, err
	}
	bins := b.Bins
	if bins == 0 {
		bins = MaxBins
	}
	s := &ascent{cfg: b, objective: o, train: train, validation: validation, base: o.start(train.Y), bestLoss: math.Inf(1)}
	t := newTeam(b.Workers)
	s.grower = newGrower(newBinned(train, bins, t), rule{
		minSplit: b.MinSplit, minLeaf: b.MinLeaf, minGain: b.MinGain, l2: b.L2, depth: b.MaxDepth,
	}, b.MaxLeaves)
	s.splitter = newBoostSplitter(s.grower, t)
	s.rng = process.Source(b.Seed, "boost", 0)
	s.prediction, s.pull = make([]float64, train.Rows), make([]float64, train.Rows)
	s.residuals, s.judged = make([]float64, train.Rows), make([]float64, validation.Rows)
	for i := range s.prediction {
		s.prediction[i] = s.base
	}
	for i := range s.judged {
		s.judged[i] = s.base
	}
	return s, nil
}

// step grows the next tree and adds it to the predictions.
func (s *ascent) step(tree int) {
	s.rng.Reset(s.cfg.Seed, "boost", uint64(tree))
	size := 0.0
	for i, y := range s.train.Y {
		s.pull[i] = s.objective.pull(y - s.prediction[i])
		size = max(size, math.Abs(s.pull[i]))
	}
	g := s.grower
	g.reset()
	g.rule.unit = unit(size, s.train.Rows)
	s.rows(func(row int) { g.add(row, pack(quantise(s.pull[row], g.rule.unit), 1)) })
	s.splitter.begin(s.columns())
	g.grow(s.splitter)
	for i := range g.done {
		s.settle(&g.done[i])
	}
	t := g.harvest()
	s.trees = append(s.trees, t)
	if len(g.rows) < s.train.Rows {
		s.follow(t)
	}
}

// settle gives a leaf its value, and adds it to the predictions of its rows.
func (s *ascent) settle(l *leaf) {
	rows := s.grower.rows[l.lo:l.hi]
	r := s.residuals[:len(rows)]
	for k, row := range rows {
		r[k] = s.train.Y[row] - s.prediction[row]
	}
	value := s.cfg.LearningRate * s.objective.value(r, s.cfg.L2)
	s.grower.tree[l.branch].value = value
	if len(s.grower.rows) < s.train.Rows {
		return // rows that the tree has not seen have to be led through it, and the others with them
	}
	for _, row := range rows {
		s.prediction[row] += value
	}
}

// follow adds a tree to the predictions by walking through it.
func (s *ascent) follow(t grown) {
	one := newModel(s.train.Cols, 0, 1)
	one.plant(t, 1)
	one.addSum(s.prediction, s.train.X, 0)
}

// judge returns the validation loss with the last tree.
func (s *ascent) judge(tree int) float64 {
	if s.validation.Rows == 0 {
		return 0
	}
	one := newModel(s.train.Cols, 0, 1)
	one.plant(s.trees[tree], 1)
	one.addSum(s.judged, s.validation.X, 0)
	loss := s.objective.mean(s.validation.Y, s.judged)
	if loss < s.bestLoss {
		s.best, s.bestLoss = tree, loss
	}
	return loss
}

func (s *ascent) model() *Model {
	m := newModel(s.train.Cols, s.base, 1)
	for _, t := range s.trees {
		m.plant(t, 1)
	}
	return m
}

// rows draws the rows of a tree, in their order (Knuth, The Art of Computer Programming 2, algorithm
// 3.4.2S).
func (s *ascent) rows(add func(row int)) {
	n := s.train.Rows
	want := part(s.cfg.Rows, n)
	for i := 0; i < n && want > 0; i++ {
		if want == n-i || s.rng.IntN(n-i) < want {
			add(i)
			want--
		}
	}
}

// columns draws the inputs that a tree may use, in their order.
func (s *ascent) columns() []int {
	n := s.train.Cols
	want := part(s.cfg.Columns, n)
	out := make([]int, 0, want)
	for i := 0; len(out) < want; i++ {
		if want-len(out) == n-i || s.rng.IntN(n-i) < want-len(out) {
			out = append(out, i)
		}
	}
	return out
}

// part returns a share of n, at least 1; 0 is all.
func part(share float64, n int) int {
	if share == 0 {
		return n
	}
	return max(1, int(math.Round(share*float64(n))))
}
