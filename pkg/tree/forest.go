package tree

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sync"

	"github.com/longmemory/hurst/pkg/process"
)

// Share is how many of all inputs a split chooses from: a fraction in (0, 1], or one of the constants.
type Share float64

// The shares that depend on the number of inputs in other ways. Zero is all of them.
const (
	All  Share = 0
	Sqrt Share = -1
	Log2 Share = -2
)

// count returns the share of cols inputs, at least one, rounded down.
func (s Share) count(cols int) int {
	n := cols
	switch {
	case s == Sqrt:
		n = int(math.Sqrt(float64(cols)))
	case s == Log2:
		n = bits.Len(uint(cols)) - 1
	case s > 0:
		n = int(float64(s) * float64(cols))
	}
	return min(max(n, 1), cols)
}

// Forest fits random forests (Breiman, Machine Learning 45, 2001) and extremely randomised trees
// (Geurts, Ernst, Wehenkel, Machine Learning 63, 2006), for the squared error. The prediction is the
// mean of the trees'.
type Forest struct {
	Trees       int   // at least 1
	MaxFeatures Share // that each split chooses from, drawn anew
	Bootstrap   bool  // each tree sees as many rows as there are, drawn with replacement; else all
	Extra       bool  // each split draws one place between the extremes of each input, instead of the best
	MaxDepth    int   // of any leaf; 0: MaxDepth
	MinSplit    int   // drawn rows that a leaf needs to be split; 0: 2
	MinLeaf     int   // drawn rows on either side of a split; 0: 1
	MinGain     float64
	Bins        int    // for each input, 2 to 255; 0: 255
	Seed        uint64 // of all that is drawn
	Workers     int    // goroutines; 0: one for each processor. It does not change the result
}

// DefaultForest returns a forest of 100 full trees on bootstrap samples; splits choose from the square
// root of the number of inputs.
func DefaultForest() Forest { return Forest{Trees: 100, MaxFeatures: Sqrt, Bootstrap: true} }

// DefaultExtra returns 100 full extremely randomised trees, each on all rows and inputs.
func DefaultExtra() Forest { return Forest{Trees: 100, Extra: true} }

// Check tells what is wrong with the settings.
func (f Forest) Check() error {
	var share error
	if f.MaxFeatures != Sqrt && f.MaxFeatures != Log2 {
		share = number("share of inputs that a split chooses from", float64(f.MaxFeatures), 0, 1)
	}
	return errors.Join(
		whole("number of trees", f.Trees, 1, MaxTrees), share,
		whole("greatest depth", f.MaxDepth, 0, MaxDepth),
		whole("least rows to split", f.MinSplit, 0, MaxRows),
		whole("least rows in a leaf", f.MinLeaf, 0, MaxRows),
		number("least gain", f.MinGain, 0, math.MaxFloat64),
		checkBins(f.Bins), whole("number of workers", f.Workers, 0, 4096),
	)
}

func checkBins(bins int) error {
	if bins == 0 {
		return nil
	}
	return whole("number of bins", bins, 2, MaxBins)
}

// Fit grows a forest.
func (f Forest) Fit(d Data, w Watch) (*Model, error) {
	m, _, err := f.fit(d, w, false)
	return m, err
}

// FitOutOfBag grows a forest and tells what it would say of each of its rows without the trees that
// saw it. It needs Bootstrap.
func (f Forest) FitOutOfBag(d Data, w Watch) (*Model, OutOfBag, error) {
	if !f.Bootstrap {
		return nil, OutOfBag{}, errors.New("fit forest: without bootstrap no row is out of the bag")
	}
	return f.fit(d, w, true)
}

func (f Forest) fit(d Data, w Watch, bag bool) (*Model, OutOfBag, error) {
	if err := errors.Join(f.Check(), d.check()); err != nil {
		return nil, OutOfBag{}, fmt.Errorf("fit forest: %w", err)
	}
	s := newStand(f, d, newTeam(f.Workers))
	if bag {
		s.bags = make([][]uint64, f.Trees)
	}
	trees, err := s.grow(w)
	if err != nil {
		return nil, OutOfBag{}, err
	}
	m := newModel(d.Cols, s.centre, 1/float64(f.Trees))
	for _, t := range trees {
		m.plant(t, 1)
	}
	if !bag {
		return m, OutOfBag{}, nil
	}
	return m, s.outOfBag(m, w), nil
}

// stand is a forest that grows.
type stand struct {
	cfg    Forest
	data   Data
	binned *binned
	team   team
	centre float64 // of the targets, taken from them for the digits' sake
	target []int64 // in units of unit
	unit   float64
	bags   [][]uint64 // of each tree the rows that it saw, a bit each; nil if nobody asked
}

func newStand(f Forest, d Data, t team) *stand {
	bins := f.Bins
	if bins == 0 {
		bins = MaxBins
	}
	s := &stand{cfg: f, data: d, team: t, binned: newBinned(d, bins, t), centre: mean(d.Y), target: make([]int64, d.Rows)}
	size := 0.0
	for _, y := range d.Y {
		size = max(size, math.Abs(y-s.centre))
	}
	s.unit = unit(size, d.Rows)
	for i, y := range d.Y {
		s.target[i] = quantise(y-s.centre, s.unit)
	}
	return s
}

// quantise returns v in units.
func quantise(v, unit float64) int64 {
	if unit < 1e-150 { // its square is no number any more, and the targets are all the same by all means
		return 0
	}
	return int64(math.RoundToEven(v / unit))
}

// grow grows all trees, each from a stream of its own.
func (s *stand) grow(w Watch) ([]grown, error) {
	trees := make([]grown, s.cfg.Trees)
	workers := make([]*forester, s.team)
	var told sync.Mutex
	done := 0
	s.team.each(s.cfg.Trees, func(worker, tree int) {
		if w.stopped() {
			return
		}
		if workers[worker] == nil {
			workers[worker] = newForester(s)
		}
		trees[tree] = workers[worker].tree(tree)
		told.Lock()
		defer told.Unlock()
		done++
		w.tell(Progress{Trees: done, Of: s.cfg.Trees})
	})
	if done < s.cfg.Trees {
		return nil, fmt.Errorf("fit forest: %w", ErrStopped)
	}
	return trees, nil
}

// forester grows trees of a forest. It is one goroutine's.
type forester struct {
	*stand
	*grower
	splitter splitter
	rng      *process.Stream
	drawn    []int32 // how often each row is in the tree
}

func newForester(s *stand) *forester {
	c := s.cfg
	g := newGrower(s.binned, rule{
		minSplit: c.MinSplit, minLeaf: c.MinLeaf, minGain: c.MinGain, depth: c.MaxDepth, unit: s.unit,
	}, 0)
	f := &forester{stand: s, grower: g, rng: process.Source(c.Seed, "forest", 0), drawn: make([]int32, s.data.Rows)}
	draw := newDraw(g, c.MaxFeatures.count(s.data.Cols), f.rng)
	if c.Extra {
		f.splitter = &extraSplitter{draw: draw}
		return f
	}
	f.splitter = &bestSplitter{draw: draw}
	return f
}

func (f *forester) tree(index int) grown {
	f.rng.Reset(f.cfg.Seed, "forest", uint64(index))
	f.bag(index)
	f.reset()
	for row, n := range f.drawn {
		if n > 0 {
			f.add(row, pack(f.target[row]*int64(n), int64(n)))
		}
	}
	f.grower.grow(f.splitter)
	for i := range f.done {
		f.settle(&f.done[i])
	}
	return f.harvest()
}

// settle gives a leaf the mean of its rows' targets, from the mean of all.
func (f *forester) settle(l *leaf) {
	sum, count := 0.0, int64(0)
	for _, row := range f.rows[l.lo:l.hi] {
		sum += float64(f.drawn[row]) * (f.stand.data.Y[row] - f.centre)
		count += int64(f.drawn[row])
	}
	f.grower.tree[l.branch].value = sum / float64(count)
}

// bag draws the rows of a tree.
func (f *forester) bag(index int) {
	rows := len(f.drawn)
	if !f.cfg.Bootstrap {
		for i := range f.drawn {
			f.drawn[i] = 1
		}
		return
	}
	clear(f.drawn)
	for range rows {
		f.drawn[f.rng.IntN(rows)]++
	}
	if f.bags == nil {
		return
	}
	set := make([]uint64, (rows+63)/64)
	for i, n := range f.drawn {
		if n > 0 {
			set[i>>6] |= 1 << (i & 63)
		}
	}
	f.bags[index] = set
}
