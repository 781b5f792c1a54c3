package nn

import (
	"fmt"
	"slices"
)

// What a spec may ask for, so that one from a stranger cannot exhaust memory.
const (
	MaxLength     = 1 << 20 // points of a series
	MaxChannels   = 1 << 16
	MaxUnits      = 1 << 13
	MaxKernel     = 1 << 12 // points
	MaxSpan       = 1 << 16 // points, dilation included
	MaxNodes      = 512
	MaxDepth      = 8       // of branches within branches
	MaxParameters = 1 << 25 // 128 MiB
	MaxLevels     = 99      // quantiles
)

// Validate tells what is wrong with a spec, naming the layer and the value.
func (s Spec) Validate() error {
	_, err := s.Plan()
	return err
}

// checkSelf checks all that can be told without shapes.
func (s Spec) checkSelf() error {
	if err := s.Input.check(); err != nil {
		return fmt.Errorf("input: %w", err)
	}
	nodes := 0
	if err := checkLayers("", s.Layers, 0, &nodes); err != nil {
		return err
	}
	if err := s.Head.check(); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	return nil
}

func (in Input) check() error {
	if in.Channels < 1 || in.Channels > MaxChannels {
		return fmt.Errorf("channels: %d: want 1 to %d", in.Channels, MaxChannels)
	}
	if !in.Series {
		if in.Length != 0 || in.MinLength != 0 {
			return fmt.Errorf("a vector has no length, and %d and %d are given: set series, or leave them out", in.Length, in.MinLength)
		}
		return nil
	}
	if in.Length < 0 || in.Length > MaxLength || in.MinLength < 0 || in.MinLength > MaxLength {
		return fmt.Errorf("length %d, min_length %d: want at most %d points", in.Length, in.MinLength, MaxLength)
	}
	if (in.Length > 0) == (in.MinLength > 0) {
		return fmt.Errorf("length %d, min_length %d: want one of them, for series of one length or of any from there on", in.Length, in.MinLength)
	}
	return nil
}

func checkLayers(path string, layers []Layer, depth int, nodes *int) error {
	if depth > MaxDepth {
		return fmt.Errorf("layers: branches within branches, more than %d deep", MaxDepth)
	}
	for i, l := range layers {
		if *nodes++; *nodes > MaxNodes {
			return fmt.Errorf("layers: more than %d", MaxNodes)
		}
		name := fmt.Sprintf("layer %s%d.%s", path, i, l.Kind)
		if err := l.check(); err != nil {
			return fmt.Errorf("%.80s: %w", name, err)
		}
		for j, b := range l.Branches {
			if err := checkLayers(fmt.Sprintf("%s%d.%d.", path, i, j), b, depth+1, nodes); err != nil {
				return err
			}
		}
	}
	return nil
}

// fields lists what each kind reads of a layer.
func fields(k Kind) ([]string, bool) {
	switch k {
	case Conv1D:
		return []string{"units", "kernel", "stride", "padding", "dilation", "no_bias"}, true
	case Dense:
		return []string{"units", "no_bias"}, true
	case BatchNorm, LayerNorm, ReLU, GELU, PReLU, Sigmoid, Tanh, Square, Log, MeanPool, AttentionPool, LastPoint, Flatten:
		return nil, true
	case Dropout:
		return []string{"rate"}, true
	case MaxPool, AvgPool:
		return []string{"kernel", "stride"}, true
	case Attention:
		return []string{"heads"}, true
	case Position:
		return []string{"length", "learned"}, true
	case LSTM, GRU:
		return []string{"units", "both"}, true
	case Residual, Parallel:
		return []string{"branches"}, true
	}
	return nil, false
}

// check checks a layer by itself.
func (l Layer) check() error {
	own, known := fields(l.Kind)
	if !known {
		return fmt.Errorf("there is no kind of layer %.40q", string(l.Kind))
	}
	given := []struct {
		name string
		set  bool
	}{
		{"units", l.Units != 0}, {"kernel", l.Kernel != 0}, {"stride", l.Stride != 0}, {"padding", l.Padding != 0},
		{"dilation", l.Dilation != 0}, {"no_bias", l.NoBias}, {"heads", l.Heads != 0}, {"rate", l.Rate != 0},
		{"length", l.Length != 0}, {"learned", l.Learned}, {"both", l.Both}, {"branches", len(l.Branches) > 0},
	}
	for _, f := range given {
		if f.set && !slices.Contains(own, f.name) {
			return fmt.Errorf("it has no %s", f.name)
		}
	}
	return l.checkRanges(own)
}

func (l Layer) checkRanges(own []string) error {
	has := func(f string) bool { return slices.Contains(own, f) }
	within := func(name string, v, low, high int) error {
		if has(name) && (v < low || v > high) {
			return fmt.Errorf("%s: %d: want %d to %d", name, v, low, high)
		}
		return nil
	}
	learned := count(l.Learned)
	for _, err := range []error{
		within("units", l.Units, 1, MaxUnits),
		within("kernel", l.Kernel, 1, MaxKernel),
		within("stride", l.Stride, 0, MaxKernel),
		within("padding", l.Padding, 0, MaxSpan),
		within("dilation", l.Dilation, 0, MaxSpan),
		within("heads", l.Heads, 1, 256),
		within("length", l.Length, learned, learned*MaxLength),
		within("branches", len(l.Branches), 1, 64),
	} {
		if err != nil {
			return err
		}
	}
	if has("rate") && !(l.Rate >= 0 && l.Rate <= 0.95) {
		return fmt.Errorf("rate: %v: want 0 to 0.95", l.Rate)
	}
	if w := l.Window(); has("dilation") && (w.Span() > MaxSpan || w.Padding >= w.Span()) {
		return fmt.Errorf("padding: %d with a window of %d points: want less than the window, and that at most %d",
			w.Padding, w.Span(), MaxSpan)
	}
	return nil
}

func (h Head) check() error {
	switch h.Kind {
	case Point, Gaussian, Quantiles:
	default:
		return fmt.Errorf("there is no kind of head %.40q: known are point, gaussian and quantiles", string(h.Kind))
	}
	if h.Sigmoid && h.Kind != Point {
		return fmt.Errorf("sigmoid: only a point has it")
	}
	if (h.Kind == Quantiles) != (len(h.Levels) > 0) || len(h.Levels) > MaxLevels {
		return fmt.Errorf("levels: %d for a head of kind %s: quantiles have 1 to %d, others none", len(h.Levels), h.Kind, MaxLevels)
	}
	for i, p := range h.Levels {
		if !(p > 0 && p < 1) || i > 0 && p <= h.Levels[i-1] {
			return fmt.Errorf("levels: %v: want rising values between 0 and 1", h.Levels)
		}
	}
	return nil
}
