package model

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/tree"
)

// treeLearner fits boosting ("gbm"), random forests ("forest") and extremely randomised trees
// ("extratrees"). A forest that is stopped has nothing to resume from: it begins again.
type treeLearner struct{ kind string }

// treesTensor holds what tree.Model.Encode writes.
const treesTensor = "trees.bin"

// gbmParams has the defaults and the search space that are usual for boosting of small trees.
func gbmParams() []param {
	return []param{
		{"trees", 100.0, wholeRange(50, 500), whole(1, 10_000)},
		{"learning_rate", 0.1, logRange(0.01, 0.3), between(1e-6, 1)},
		{"max_depth", 3.0, wholeRange(3, 10), whole(0, tree.MaxDepth)},
		{"max_leaves", 31.0, nil, whole(2, 4096)},
		{"min_split", 2.0, wholeRange(2, 20), whole(2, 1_000_000)},
		{"min_leaf", 1.0, wholeRange(1, 10), whole(1, 1_000_000)},
		{"min_gain", 0.0, nil, between(0, 1e6)},
		{"l2", 0.0, nil, between(0, 1e6)},
		{"rows", 1.0, numberRange(0.5, 1), between(1e-3, 1)},
		{"columns", 1.0, nil, between(1e-3, 1)},
		{"loss", "squared", nil, oneOf("squared", "absolute", "quantile")},
		{"quantile", 0.5, nil, between(0.001, 0.999)},
		{"patience", 0.0, nil, whole(0, 10_000)},
		binsParam(),
	}
}

// forestParams has the defaults of the kind given, and the search space that is usual for both. A
// share of the inputs can be a fraction as well as a name.
func forestParams(features string, bootstrap bool) []param {
	return []param{
		{"trees", 100.0, wholeRange(10, 500), whole(1, 10_000)},
		{"max_features", features, choice("sqrt", "log2", "all"), shareOf("sqrt", "log2", "all")},
		{"max_depth", 0.0, wholeRange(3, 20), whole(0, tree.MaxDepth)},
		{"min_split", 2.0, wholeRange(2, 20), whole(2, 1_000_000)},
		{"min_leaf", 1.0, wholeRange(1, 10), whole(1, 1_000_000)},
		{"bootstrap", bootstrap, nil, truth},
		binsParam(),
	}
}

func binsParam() param { return param{"bins", 255.0, nil, whole(2, tree.MaxBins)} }

// shareOf allows some texts and fractions.
func shareOf(names ...string) func(any) error {
	text, fraction := oneOf(names...), between(1e-6, 1)
	return func(v any) error {
		if text(v) == nil || fraction(v) == nil {
			return nil
		}
		return fmt.Errorf("%w, or a number from 0 to 1", text(v))
	}
}

// truth allows true and false.
func truth(v any) error {
	if _, ok := v.(bool); !ok {
		return errors.New("want true or false")
	}
	return nil
}

func (l treeLearner) Kind() string { return l.kind }

func (l treeLearner) Fit(job FitJob) (Fitted, error) {
	if err := job.check(l.kind); err != nil {
		return nil, err
	}
	if !job.progress(0, "%d series, %d features", job.Train.Rows, len(job.Train.Names)) {
		return nil, ErrStopped
	}
	f := treeFit{job: job, params: complete(l.kind, job.Params)}
	m, err := f.fit(l.kind)
	if f.stopped || errors.Is(err, tree.ErrStopped) {
		return nil, ErrStopped
	}
	if err != nil {
		return nil, fmt.Errorf("fit %s: %w", l.kind, err)
	}
	if !job.progress(1, "%d trees, %d nodes", m.Trees(), m.Nodes()) {
		return nil, ErrStopped
	}
	return newTreeFitted(l.kind, m)
}

// treeFit is a fit in progress.
type treeFit struct {
	job     FitJob
	params  search.Params
	stopped bool // Progress said so
}

func (f *treeFit) fit(kind string) (*tree.Model, error) {
	var stop atomic.Bool // a forest's goroutines ask at once, and tell one at a time
	watch := tree.Watch{Stop: stop.Load, Progress: func(p tree.Progress) {
		if !f.stopped && !f.tell(p) {
			f.stopped = true
			stop.Store(true)
		}
	}}
	train := treeData(f.job.Train)
	if kind == "gbm" {
		return f.boost().Fit(train, treeData(f.job.Validation), watch)
	}
	return f.forest(kind).Fit(train, watch)
}

// tell passes on what tree tells, about 20 times in a fit.
func (f *treeFit) tell(p tree.Progress) bool {
	if p.Trees == p.Of || p.Trees%max(1, p.Of/20) != 0 {
		return true // the end is told by Fit
	}
	return f.job.progress(float64(p.Trees)/float64(p.Of), "tree %d of %d", p.Trees, p.Of)
}

func treeData(d dataset.Features) tree.Data {
	return tree.Data{X: d.X, Y: d.H, Rows: d.Rows, Cols: len(d.Names)}
}

func (f *treeFit) boost() tree.Boost {
	p := f.params
	return tree.Boost{
		Trees: wholeOf(p, "trees"), LearningRate: numberOf(p, "learning_rate"),
		Loss: tree.Loss(textOf(p, "loss")), Quantile: numberOf(p, "quantile"),
		MaxLeaves: wholeOf(p, "max_leaves"), MaxDepth: wholeOf(p, "max_depth"),
		MinSplit: wholeOf(p, "min_split"), MinLeaf: wholeOf(p, "min_leaf"),
		MinGain: numberOf(p, "min_gain"), L2: numberOf(p, "l2"),
		Rows: numberOf(p, "rows"), Columns: numberOf(p, "columns"),
		Bins: wholeOf(p, "bins"), Patience: wholeOf(p, "patience"), Seed: f.job.Seed,
	}
}

func (f *treeFit) forest(kind string) tree.Forest {
	p := f.params
	bootstrap, _ := p["bootstrap"].(bool)
	share := tree.Share(numberOf(p, "max_features"))
	switch textOf(p, "max_features") {
	case "sqrt":
		share = tree.Sqrt
	case "log2":
		share = tree.Log2
	case "all":
		share = tree.All
	}
	return tree.Forest{
		Trees: wholeOf(p, "trees"), MaxFeatures: share, Bootstrap: bootstrap, Extra: kind == "extratrees",
		MaxDepth: wholeOf(p, "max_depth"), MinSplit: wholeOf(p, "min_split"), MinLeaf: wholeOf(p, "min_leaf"),
		Bins: wholeOf(p, "bins"), Seed: f.job.Seed,
	}
}

func (l treeLearner) Load(m Manifest, tensors []Tensor) (Fitted, error) {
	if len(tensors) != 1 || tensors[0].Name != treesTensor || tensors[0].U8 == nil {
		return nil, fmt.Errorf("%d tensors: want one, %q, of bytes", len(tensors), treesTensor)
	}
	t, err := tree.Decode(tensors[0].U8)
	if err != nil {
		return nil, err
	}
	if t.Cols() != len(m.Features.Names) {
		return nil, fmt.Errorf("trees of %d inputs for %d features", t.Cols(), len(m.Features.Names))
	}
	return treeFitted{l.kind, t, tensors[0].U8}, nil
}

type treeFitted struct {
	kind  string
	model *tree.Model
	bytes []byte // of the model
}

func newTreeFitted(kind string, m *tree.Model) (Fitted, error) {
	data, err := m.Encode()
	if err != nil {
		return nil, fmt.Errorf("%w; fewer trees, or more series in a leaf, help", err)
	}
	return treeFitted{kind, m, data}, nil
}

func (f treeFitted) Kind() string         { return f.kind }
func (treeFitted) Network() *nn.Spec      { return nil }
func (f treeFitted) Predictor() Predictor { return &withoutSpread{of: f.model} }

func (f treeFitted) Tensors() []Tensor {
	return []Tensor{{Name: treesTensor, Shape: []int{len(f.bytes)}, U8: f.bytes}}
}
