package nn

// Engine computes networks.
type Engine interface {
	Name() string // such as "native"
	// NewTrainer prepares to compute gradients for batches of at most size.Rows series of at most
	// size.Length points.
	NewTrainer(p *Plan, size Size) (Trainer, error)
	// NewPredictor prepares to compute outputs for such batches; weights come by SetWeights.
	NewPredictor(p *Plan, size Size) (Predictor, error)
}

// Size is what an engine reserves memory for.
type Size struct {
	Rows    int // series in a batch
	Length  int // points of the longest; of no meaning for vectors
	Threads int // to use at once; zero: 1. The results' bits do not depend on it.
}

// Trainer computes outputs and gradients. It is not safe for concurrent use.
type Trainer interface {
	// Forward writes the outputs for a batch, rows × outputs, to dst, as in training: batch norms use
	// the batch's moments and move the running ones in w.State, dropout draws its masks from pass. It
	// keeps what Backward needs.
	Forward(dst []float32, w Weights, b *Batch, pass Pass) error
	// Backward adds nothing and keeps nothing: it writes to grad, of Plan.Size, the gradient of a loss
	// with respect to the parameters of the last Forward, given the gradient with respect to its
	// outputs.
	Backward(grad, outputs []float32) error
	Close()
}

// Predictor computes outputs as after training: batch norms use the running moments, and dropout
// passes all. A series' outputs do not depend on the others in its batch. It is not safe for
// concurrent use.
type Predictor interface {
	// SetWeights sets the weights and may keep them in another form. It is to be called before Predict
	// and after every change of the weights.
	SetWeights(w Weights) error
	// Predict writes the outputs for a batch, rows × outputs, to dst.
	Predict(dst []float32, b *Batch) error
	Close()
}

// Batch holds inputs: series one after the other, each padded to Length points.
type Batch struct {
	X      []float32 // Rows × Length × Channels; of vectors, Rows × Channels
	Rows   int
	Length int // points from one series to the next; of vectors, 1
	// Lengths are the points that each series has; nil: all Length. What is in X beyond does not
	// matter.
	Lengths []int
}

// Points returns how many points series i has.
func (b *Batch) Points(i int) int {
	if b.Lengths == nil {
		return b.Length
	}
	return b.Lengths[i]
}

// Pass names a pass through the network in training: equal passes drop the same values.
type Pass struct {
	Seed uint64
	Step uint64
}

// Batch norm's constants.
const (
	BatchNormEpsilon  = 1e-5
	BatchNormMomentum = 0.1 // the part of a running moment that each batch replaces
	LayerNormEpsilon  = 1e-5
	LogOffset         = 1e-6 // see [Log]
)
