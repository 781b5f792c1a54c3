// Package nn describes neural networks as data and says what an engine must do with them. A [Spec]
// is validated, its shapes are inferred, and it is laid out as a [Plan] of simple nodes; an [Engine]
// (pkg/nn/native, pkg/nn/graph) computes outputs and gradients of a plan, and pkg/nn/train fits its
// weights. All engines read and write the same weights.
package nn

// Spec describes a network: what it reads, its layers in order, and what it answers.
type Spec struct {
	Input  Input   `json:"input"`
	Layers []Layer `json:"layers"`
	Head   Head    `json:"head"`
}

// Input says what a network reads: series of some length, or vectors of features.
type Input struct {
	// Channels is the number of values at each point of a series, or of features.
	Channels int `json:"channels"`
	// Series: the input is a sequence of points, else a vector.
	Series bool `json:"series,omitempty"`
	// Length is the number of points that every series must have; zero: any from MinLength on.
	Length int `json:"length,omitempty"`
	// MinLength is the fewest points of a series where Length is zero.
	MinLength int `json:"min_length,omitempty"`
}

// Kind names an operation.
type Kind string

// The kinds of layers. A sequence is T points of C values each; a vector is C values.
const (
	// Conv1D maps T×C to T'×Units with filters of Kernel points, T' = (T + 2 Padding -
	// Dilation (Kernel-1) - 1) / Stride + 1. Points beyond the ends are zero.
	Conv1D Kind = "conv1d"
	// Dense maps a vector, or each point of a sequence, to Units values.
	Dense Kind = "dense"
	// BatchNorm standardises each channel over the batch and, in a sequence, over all points, then
	// scales and shifts it. Predictions use running moments. Ioffe and Szegedy, ICML 2015.
	BatchNorm Kind = "batch_norm"
	// LayerNorm standardises the C values of a vector, or of each point, then scales and shifts each
	// channel. Ba, Kiros and Hinton, arXiv:1607.06450.
	LayerNorm Kind = "layer_norm"

	ReLU    Kind = "relu"    // max(0, x)
	GELU    Kind = "gelu"    // x Φ(x) in its tanh form. Hendrycks and Gimpel, arXiv:1606.08415
	PReLU   Kind = "prelu"   // x or slope·x, a learned slope for each channel. He et al., ICCV 2015
	Sigmoid Kind = "sigmoid" // 1 / (1 + exp(-x))
	Tanh    Kind = "tanh"
	Square  Kind = "square" // x²: with a mean pool, the energy of a filter's output
	Log     Kind = "log"    // log(max(x, 0) + 1e-6)

	// Dropout sets values to zero with probability Rate and scales the others by 1/(1-Rate), in
	// training only. Srivastava et al., JMLR 15, 2014.
	Dropout Kind = "dropout"

	// MaxPool and AvgPool reduce Kernel points to one, every Stride points (zero: Kernel), without
	// padding; points that do not fill the last window are left out.
	MaxPool Kind = "max_pool"
	AvgPool Kind = "avg_pool"
	// MeanPool is the mean over all points: a vector of C values.
	MeanPool Kind = "mean_pool"
	// AttentionPool is the mean over all points weighted by the softmax of their products with a
	// learned query: a vector.
	AttentionPool Kind = "attention_pool"
	// LastPoint is the last point of a sequence: a vector.
	LastPoint Kind = "last_point"
	// Flatten makes a vector of a sequence whose length is fixed, point by point.
	Flatten Kind = "flatten"

	// Attention is multi-head self-attention: softmax(Q Kᵀ/√(C/Heads)) V, between a joint projection
	// to Q, K and V and one of the heads' results back to C. Vaswani et al., NeurIPS 2017.
	Attention Kind = "attention"
	// Position adds a position's encoding to each point: sinusoidal, or a learned table of Length
	// rows where Learned is set.
	Position Kind = "position"

	// LSTM and GRU run along a sequence and give Units values at each point; with Both set, also
	// backwards, for 2 Units values. Hochreiter and Schmidhuber 1997; Cho et al., EMNLP 2014, in the
	// form with the reset gate behind the recurrent product.
	LSTM Kind = "lstm"
	GRU  Kind = "gru"

	// Residual adds the outputs of its Branches, which must have one shape; a branch without layers
	// passes its input on. He et al., CVPR 2016.
	Residual Kind = "residual"
	// Parallel joins the outputs of its Branches channel after channel; sequences must have one
	// length.
	Parallel Kind = "parallel"
)

// Layer is one step of a network. Fields that its kind does not name must be zero.
type Layer struct {
	Kind     Kind      `json:"kind"`
	Units    int       `json:"units,omitempty"`
	Kernel   int       `json:"kernel,omitempty"`
	Stride   int       `json:"stride,omitempty"`   // zero: 1; pools: Kernel
	Padding  int       `json:"padding,omitempty"`  // zeros at each end
	Dilation int       `json:"dilation,omitempty"` // zero: 1
	NoBias   bool      `json:"no_bias,omitempty"`  // conv1d, dense
	Heads    int       `json:"heads,omitempty"`
	Rate     float64   `json:"rate,omitempty"`
	Length   int       `json:"length,omitempty"`
	Learned  bool      `json:"learned,omitempty"`
	Both     bool      `json:"both,omitempty"`
	Branches [][]Layer `json:"branches,omitempty"`
}

// HeadKind names what a network answers.
type HeadKind string

// The kinds of heads. Each is a dense layer from the last vector to its outputs.
const (
	Point     HeadKind = "point"     // one value
	Gaussian  HeadKind = "gaussian"  // mean and log variance
	Quantiles HeadKind = "quantiles" // one value for each level
)

// Head is the end of a network.
type Head struct {
	Kind    HeadKind  `json:"kind"`
	Sigmoid bool      `json:"sigmoid,omitempty"` // of a point: the answer is between 0 and 1
	Levels  []float64 `json:"levels,omitempty"`  // of quantiles: rising, between 0 and 1
}

// Outputs returns how many values a head gives.
func (h Head) Outputs() int {
	switch h.Kind {
	case Gaussian:
		return 2
	case Quantiles:
		return len(h.Levels)
	}
	return 1
}
