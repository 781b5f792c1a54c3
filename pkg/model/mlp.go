package model

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/mlp"
)

// mlpLearner fits dense networks.
type mlpLearner struct{}

// mlpParams has defaults that come within 2 % of the limit on clean fGn of 256 to 1024 points from
// 24,000 series; weight decay is what matters most there.
func mlpParams() []param {
	return []param{
		{"hidden", []any{64.0, 32.0}, choice([]any{32.0}, []any{32.0, 16.0}, []any{64.0, 32.0}), listOf(4, whole(1, 1024))},
		{"activation", "gelu", nil, oneOf("relu", "gelu")},
		{"epochs", 40.0, nil, whole(1, 10_000)},
		{"batch", 128.0, choice(64.0, 128.0, 256.0), whole(1, mlp.MaxBatch)},
		{"learning_rate", 3e-3, logRange(1e-3, 1e-2), between(1e-7, 1)},
		{"weight_decay", 0.1, logRange(1e-2, 0.5), between(0, 1)},
		{"patience", 0.0, nil, whole(0, 10_000)},
	}
}

func (mlpLearner) Kind() string { return "mlp" }

func (mlpLearner) Fit(job FitJob) (Fitted, error) {
	if err := job.check("mlp"); err != nil {
		return nil, err
	}
	p := complete("mlp", job.Params)
	fit := mlpFit{job: job, spec: mlp.Spec{
		Inputs: len(job.Train.Names), Hidden: wholesOf(p, "hidden"), Activation: textOf(p, "activation"),
	}}
	cfg := mlp.Config{
		Seed: job.Seed, Epochs: wholeOf(p, "epochs"), Batch: wholeOf(p, "batch"), Patience: wholeOf(p, "patience"),
		LearningRate: numberOf(p, "learning_rate"), WeightDecay: numberOf(p, "weight_decay"),
	}
	fit.every = max(1, cfg.Epochs/8)
	return fit.run(cfg)
}

// mlpFit is a fit in progress.
type mlpFit struct {
	job     FitJob
	spec    mlp.Spec
	every   int   // epochs between checkpoints
	begun   bool  // an epoch has ended
	stopped bool  // Progress said so
	err     error // of a checkpoint
}

func (f *mlpFit) run(cfg mlp.Config) (Fitted, error) {
	message := fmt.Sprintf("%d series, %d features, %d weights", f.job.Train.Rows, f.spec.Inputs, f.spec.Parameters())
	if f.job.Resume != nil {
		state, err := decodeState(f.job.Resume)
		if err == nil {
			cfg.Resume = state
			message = fmt.Sprintf("resumed after epoch %d", state.Epoch)
		}
	}
	start := 0.0
	if cfg.Resume != nil && cfg.Epochs > 0 {
		start = min(1, float64(cfg.Resume.Epoch)/float64(cfg.Epochs))
	}
	if !f.job.progress(start, "%s", message) {
		return nil, ErrStopped
	}
	network, err := f.train(cfg)
	if err != nil && cfg.Resume != nil && !f.begun { // another job's state
		cfg.Resume = nil
		network, err = f.train(cfg)
	}
	if err = errors.Join(err, f.err); err != nil {
		return nil, fmt.Errorf("fit mlp: %w", err)
	}
	if f.stopped {
		return nil, ErrStopped
	}
	return newMLPFitted(network)
}

func (f *mlpFit) train(cfg mlp.Config) (*mlp.Network, error) {
	j := f.job
	return mlp.Train(f.spec, cfg, j.Train.X, j.Train.H, j.Validation.X, j.Validation.H, f.epoch)
}

// epoch passes on what nn tells after each epoch.
func (f *mlpFit) epoch(p mlp.Progress) bool {
	f.begun = true
	last := p.Epoch == p.Epochs
	f.stopped = !f.job.progress(float64(p.Epoch)/float64(p.Epochs),
		"epoch %d of %d: validation MAE %.4f", p.Epoch, p.Epochs, p.Validation) && !last
	if f.job.Checkpoint != nil && !last && (f.stopped || p.Epoch%f.every == 0) {
		data, err := encodeState(p.State())
		if err != nil {
			f.err = fmt.Errorf("checkpoint: %w", err)
			return false
		}
		f.job.Checkpoint(data)
	}
	return !f.stopped
}

func (mlpLearner) Load(m Manifest, tensors []Tensor) (Fitted, error) {
	if m.Network == nil {
		return nil, errors.New("the manifest describes no network")
	}
	spec := *m.Network
	if err := spec.Validate(); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	if spec.Inputs != len(m.Features.Names) {
		return nil, fmt.Errorf("network of %d inputs for %d features", spec.Inputs, len(m.Features.Names))
	}
	want := mlpTensors(spec)
	t, err := pick(tensors, want)
	if err != nil {
		return nil, err
	}
	n := &mlp.Network{Spec: spec, Mean: t[meanTensor].F64, Scale: t[scaleTensor].F64}
	for _, w := range want[2:] {
		n.Weights = append(n.Weights, mlp.Tensor{Name: w.Name, Shape: w.Shape, Data: t[w.Name].F32})
	}
	return newMLPFitted(n)
}

const (
	meanTensor  = "input.mean"
	scaleTensor = "input.scale"
)

// mlpTensors returns the names, types and shapes of a network's tensors, in nn's order behind the
// two of the inputs.
func mlpTensors(spec mlp.Spec) []Tensor {
	all := []Tensor{
		{Name: meanTensor, Shape: []int{spec.Inputs}, F64: []float64{}},
		{Name: scaleTensor, Shape: []int{spec.Inputs}, F64: []float64{}},
	}
	in := spec.Inputs
	for i := range len(spec.Hidden) + 1 {
		out := 1
		if i < len(spec.Hidden) {
			out = spec.Hidden[i]
		}
		all = append(all,
			Tensor{Name: fmt.Sprintf("dense%d.weight", i), Shape: []int{out, in}},
			Tensor{Name: fmt.Sprintf("dense%d.bias", i), Shape: []int{out}})
		in = out
	}
	return all
}

type mlpFitted struct{ network *mlp.Network }

func newMLPFitted(n *mlp.Network) (Fitted, error) {
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	return mlpFitted{n}, nil
}

func (mlpFitted) Kind() string           { return "mlp" }
func (f mlpFitted) Network() *mlp.Spec   { s := f.network.Spec; return &s }
func (f mlpFitted) Predictor() Predictor { return f.network.NewPredictor() }

func (f mlpFitted) Tensors() []Tensor {
	inputs := []int{f.network.Spec.Inputs}
	all := []Tensor{
		{Name: meanTensor, Shape: inputs, F64: f.network.Mean},
		{Name: scaleTensor, Shape: inputs, F64: f.network.Scale},
	}
	for _, w := range f.network.Weights {
		all = append(all, Tensor{Name: w.Name, Shape: w.Shape, F32: w.Data})
	}
	return all
}
