package nn

import "fmt"

// Shape is what flows between two layers: a vector of Channels values, or a sequence of points of
// so many values each.
type Shape struct {
	Channels int  `json:"channels"`
	Series   bool `json:"series,omitempty"`
	Length   int  `json:"length,omitempty"` // of a sequence; zero where it varies
	// MinLength is the length of the shortest series here, where it varies.
	MinLength int `json:"min_length,omitempty"`
}

func (s Shape) String() string {
	switch {
	case !s.Series:
		return fmt.Sprint(s.Channels)
	case s.Length == 0:
		return fmt.Sprintf("T×%d", s.Channels)
	}
	return fmt.Sprintf("%d×%d", s.Length, s.Channels)
}

// Window is how a convolution or a pool moves along a sequence.
type Window struct{ Kernel, Stride, Padding, Dilation int }

// Window returns the layer's window with its defaults filled in.
func (l Layer) Window() Window {
	w := Window{l.Kernel, l.Stride, l.Padding, max(1, l.Dilation)}
	if w.Stride == 0 {
		w.Stride = 1
		if l.Kind == MaxPool || l.Kind == AvgPool {
			w.Stride = l.Kernel
		}
	}
	return w
}

// Span is how many points a window covers.
func (w Window) Span() int { return w.Dilation*(w.Kernel-1) + 1 }

// Out returns the points that come of a sequence of n points, zero or less if it is too short.
func (w Window) Out(n int) int {
	room := n + 2*w.Padding - w.Span()
	if room < 0 {
		return 0
	}
	return room/w.Stride + 1
}

// OutLength returns how many points the node gives for n points of its input.
func (n Node) OutLength(points int) int {
	switch n.Layer.Kind {
	case Conv1D, MaxPool, AvgPool:
		return n.Layer.Window().Out(points)
	}
	return points
}

// out returns the shape of a layer's output, for layers without branches. The layer has been
// checked in itself; what can still be wrong is how it fits its input.
func (l Layer) out(in Shape) (Shape, error) {
	if l.wantsSeries() && !in.Series {
		return in, fmt.Errorf("%s reads a sequence, and here is a vector of %d", l.Kind, in.Channels)
	}
	o := in
	switch l.Kind {
	case Conv1D, MaxPool, AvgPool:
		w := l.Window()
		if in.Length > 0 {
			o.Length = w.Out(in.Length)
		} else {
			o.MinLength = w.Out(in.MinLength)
		}
		if o.Length+o.MinLength < 1 {
			return o, fmt.Errorf("%s: a window of %d points and padding of %d for %d points: too few",
				l.Kind, w.Span(), w.Padding, in.Length+in.MinLength)
		}
		if l.Kind == Conv1D {
			o.Channels = l.Units
		}
	case Dense:
		o.Channels = l.Units
	case LSTM, GRU:
		o.Channels = l.Units
		if l.Both {
			o.Channels = 2 * l.Units
		}
	case MeanPool, AttentionPool, LastPoint:
		o = Shape{Channels: in.Channels}
	case Flatten:
		if in.Length == 0 {
			return o, fmt.Errorf("flatten needs a series of fixed length: set the input's length, or pool over all points")
		}
		o = Shape{Channels: in.Channels * in.Length}
	case Attention:
		if in.Channels%l.Heads != 0 {
			return o, fmt.Errorf("attention: %d channels cannot be split into %d heads", in.Channels, l.Heads)
		}
	case Position:
		if l.Learned && (in.Length == 0 || in.Length > l.Length) {
			return o, fmt.Errorf("position: a table of %d rows for %s points", l.Length, in)
		}
	}
	if o.Channels > MaxChannels {
		return o, fmt.Errorf("%s: %d channels, at most %d", l.Kind, o.Channels, MaxChannels)
	}
	return o, nil
}

func (l Layer) wantsSeries() bool {
	switch l.Kind {
	case Conv1D, MaxPool, AvgPool, MeanPool, AttentionPool, LastPoint, Flatten, Attention, Position, LSTM, GRU:
		return true
	}
	return false
}
