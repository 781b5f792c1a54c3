package graph

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// kept is how many graphs a trainer or predictor keeps.
const kept = 8

// cache holds a plan's networks by shape of batch, and checks what they are given.
type cache struct {
	plan     *nn.Plan
	size     nn.Size
	training bool
	each     float64 // values that a series of size.Length takes, about
	networks map[shape]*network
	order    []shape // from the one that was longest not used
}

func newCache(p *nn.Plan, size nn.Size, training bool) (cache, error) {
	c := cache{plan: p, size: size, training: training, networks: map[shape]*network{}}
	if !p.Spec.Input.Series {
		c.size.Length = 1
	}
	if c.size.Rows < 1 || c.size.Length < 1 || c.size.Length > nn.MaxLength {
		return c, fmt.Errorf("a size of %d series of %d points: want one series at least, of 1 to %d points", size.Rows, size.Length, nn.MaxLength)
	}
	c.each = demand(p, c.size.Length)
	if rows := float64(c.atOnce()); rows*c.each > maxValues {
		return c, fmt.Errorf("%.0f series of %d points take %.3g values of 8 bytes in the gorgonia engine, at most %.3g: reserve for fewer series, or shorter ones",
			rows, c.size.Length, rows*c.each, float64(maxValues))
	}
	return c, nil
}

// atOnce returns how many series a graph takes: all of a batch in training, some in predictions.
func (c *cache) atOnce() int {
	if c.training {
		return c.size.Rows
	}
	return min(c.size.Rows, max(1, int(partValues/c.each)))
}

// network returns the network for a batch, a new one if its shape is new.
func (c *cache) network(b *nn.Batch) (*network, error) {
	size := shape{rows: b.Rows, points: b.Length}
	if b.Length > c.size.Length {
		size.points = slices.Max(b.Lengths)
	}
	for i := range b.Rows {
		size.masked = size.masked || b.Points(i) < size.points
	}
	if n, ok := c.networks[size]; ok {
		at := slices.Index(c.order, size)
		c.order = append(slices.Delete(c.order, at, at+1), size)
		return n, nil
	}
	if len(c.order) == kept {
		delete(c.networks, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	n, err := newNetwork(c.plan, size, c.training)
	if err != nil {
		return nil, err
	}
	c.networks[size], c.order = n, append(c.order, size)
	return n, nil
}

// Close lets go of the graphs.
func (c *cache) Close() { c.networks, c.order = map[shape]*network{}, nil }

// check tells what is wrong with a batch, its weights or the room for its outputs.
func (c *cache) check(dst []float32, w nn.Weights, b *nn.Batch) error {
	if err := c.checkWeights(w); err != nil {
		return err
	}
	if b.Rows < 1 || b.Rows > c.size.Rows {
		return fmt.Errorf("a batch of %d series: want 1 to %d", b.Rows, c.size.Rows)
	}
	if len(dst) != b.Rows*c.plan.Outputs() {
		return fmt.Errorf("room for %d outputs: want %d for each of %d series", len(dst), c.plan.Outputs(), b.Rows)
	}
	in := c.plan.Spec.Input
	if b.Length < 1 || b.Length > len(b.X) || len(b.X) != b.Rows*b.Length*in.Channels {
		return fmt.Errorf("a batch of %d values: want %d series of %d points of %d values", len(b.X), b.Rows, b.Length, in.Channels)
	}
	if b.Lengths != nil && len(b.Lengths) != b.Rows {
		return fmt.Errorf("lengths of %d series: want %d", len(b.Lengths), b.Rows)
	}
	for i := range b.Rows {
		if err := c.checkPoints(i, b); err != nil {
			return err
		}
	}
	return nil
}

func (c *cache) checkPoints(i int, b *nn.Batch) error {
	in, n := c.plan.Spec.Input, b.Points(i)
	low, high := max(in.MinLength, in.Length), min(c.size.Length, b.Length)
	if in.Length > 0 {
		high = min(high, in.Length)
	}
	if !in.Series {
		low = 1
	}
	if n < low || n > high {
		return fmt.Errorf("series %d has %d points: want %d to %d", i, n, low, high)
	}
	return nil
}

func (c *cache) checkWeights(w nn.Weights) error {
	if len(w.Params) != c.plan.Size || len(w.State) != c.plan.StateSize {
		return fmt.Errorf("weights of %d parameters and %d moments: want %d and %d",
			len(w.Params), len(w.State), c.plan.Size, c.plan.StateSize)
	}
	return nil
}
