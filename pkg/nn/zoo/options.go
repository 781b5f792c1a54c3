package zoo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/nn"
)

// MinLength is the fewest points of a series that a network for any length takes, unless told.
const MinLength = 64

// Options say how a network differs from its defaults; the zero value is those. Each network reads
// some of them, see [Networks].
type Options struct {
	// Length is the number of points of every series; zero: any number from MinLength on.
	Length int `json:"length,omitempty"`
	// MinLength is the fewest points of a series where Length is zero; zero: 64.
	MinLength int `json:"min_length,omitempty"`
	// Channels are the values at each point; zero: 1.
	Channels int `json:"channels,omitempty"`
	// Features is the number of features that a network on vectors reads.
	Features int `json:"features,omitempty"`

	Hidden     []int    `json:"hidden,omitempty"`     // sizes of the dense layers before the head
	Dropout    *float64 `json:"dropout,omitempty"`    // probability, 0 to 0.95; nil: the network's own
	Activation string   `json:"activation,omitempty"` // "relu", "gelu" or "tanh"
	Attention  bool     `json:"attention,omitempty"`  // self-attention over the points
	Residual   bool     `json:"residual,omitempty"`   // shortcuts around blocks

	Units  int `json:"units,omitempty"`  // width: filters, states or channels
	Layers int `json:"layers,omitempty"` // how many recurrent or encoder layers, or blocks
	Heads  int `json:"heads,omitempty"`  // of attention
	Kernel int `json:"kernel,omitempty"` // points of a filter
	Levels int `json:"levels,omitempty"` // scales of a filter bank

	// Head is what the network answers; nil: a point, as the network's source has it.
	Head *nn.Head `json:"head,omitempty"`
}

// What options may ask for at most; the spec's own limits come on top.
const (
	maxHidden = 16
	maxLayers = 32
	maxLevels = 13 // means over nn.MaxKernel points
)

func (o Options) check(n Network) error {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"length", o.Length != 0}, {"min_length", o.MinLength != 0}, {"channels", o.Channels != 0}, {"features", o.Features != 0},
		{"hidden", o.Hidden != nil}, {"dropout", o.Dropout != nil}, {"activation", o.Activation != ""}, {"attention", o.Attention},
		{"residual", o.Residual}, {"units", o.Units != 0}, {"layers", o.Layers != 0}, {"heads", o.Heads != 0},
		{"kernel", o.Kernel != 0}, {"levels", o.Levels != 0}, {"head", o.Head != nil},
	} {
		if f.set && !slices.Contains(n.Reads, f.name) {
			return fmt.Errorf("it has no option %s: it has %s", f.name, strings.Join(n.Reads, ", "))
		}
	}
	return o.checkRanges(n)
}

func (o Options) checkRanges(n Network) error {
	for _, f := range []struct {
		name      string
		value, to int
	}{
		{"length", o.Length, nn.MaxLength}, {"min_length", o.MinLength, nn.MaxLength}, {"channels", o.Channels, nn.MaxChannels},
		{"features", o.Features, nn.MaxChannels}, {"units", o.Units, nn.MaxUnits}, {"layers", o.Layers, maxLayers},
		{"heads", o.Heads, 256}, {"kernel", o.Kernel, nn.MaxKernel}, {"levels", o.Levels, maxLevels}, {"hidden's layers", len(o.Hidden), maxHidden},
	} {
		if f.value < 0 || f.value > f.to {
			return fmt.Errorf("%s: %d: want at most %d, or 0 for the default", f.name, f.value, f.to)
		}
	}
	for _, h := range o.Hidden {
		if h < 1 || h > nn.MaxUnits {
			return fmt.Errorf("hidden: %v: want 1 to %d in each", o.Hidden, nn.MaxUnits)
		}
	}
	if d := o.Dropout; d != nil && !(*d >= 0 && *d <= 0.95) {
		return fmt.Errorf("dropout: %v: want 0 to 0.95", *d)
	}
	if o.Length > 0 && o.MinLength > 0 {
		return fmt.Errorf("length %d, min_length %d: want one of them", o.Length, o.MinLength)
	}
	if o.Length == 0 && !slices.Contains(n.Reads, "min_length") && slices.Contains(n.Reads, "length") {
		return fmt.Errorf("length: it is needed")
	}
	if o.Features == 0 && slices.Contains(n.Reads, "features") {
		return fmt.Errorf("features: how many there are is needed")
	}
	if o.Activation != "" && !slices.Contains(activations(), nn.Kind(o.Activation)) {
		return fmt.Errorf("activation: %.40q: known are %v", o.Activation, activations())
	}
	return nil
}

func activations() []nn.Kind { return []nn.Kind{nn.ReLU, nn.GELU, nn.Tanh} }

// or returns v, or what stands for zero.
func or(v, zero int) int {
	if v == 0 {
		return zero
	}
	return v
}

// input is what a network on series reads.
func (o Options) input() nn.Input {
	in := nn.Input{Channels: or(o.Channels, 1), Series: true, Length: o.Length}
	if o.Length == 0 {
		in.MinLength = or(o.MinLength, MinLength)
	}
	return in
}

// shortest is the fewest points that the network will be given.
func (o Options) shortest() int { return or(o.Length, or(o.MinLength, MinLength)) }

func (o Options) hidden(zero ...int) []int {
	if o.Hidden == nil {
		return zero
	}
	return o.Hidden
}

func (o Options) dropout(zero float64) []nn.Layer {
	if o.Dropout != nil {
		zero = *o.Dropout
	}
	if zero == 0 {
		return nil
	}
	return []nn.Layer{{Kind: nn.Dropout, Rate: zero}}
}

func (o Options) activation(zero nn.Kind) nn.Layer {
	if o.Activation == "" {
		return nn.Layer{Kind: zero}
	}
	return nn.Layer{Kind: nn.Kind(o.Activation)}
}

// point is the head of those networks that answer any number, bounded that of those that end in a
// sigmoid.
func (o Options) point() nn.Head {
	if o.Head != nil {
		return *o.Head
	}
	return nn.Head{Kind: nn.Point}
}

func (o Options) bounded() nn.Head {
	if o.Head != nil {
		return *o.Head
	}
	return nn.Head{Kind: nn.Point, Sigmoid: true}
}
