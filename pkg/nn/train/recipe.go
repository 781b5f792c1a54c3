package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

// Recipe says how fresh series are made: sample i is drawn from the stream of (Seed, Name, i).
// Lengths take turns; when each has had one, the next condition is due, as often as its share says.
// H is uniform. Gaps are filled as those of a user's series are, and of a walk the increments are
// taken, so that all are noise of the lengths named.
type Recipe struct {
	Seed    uint64      `json:"seed"`
	Name    string      `json:"name"` // of the stream: samples of two names have nothing to do with each other
	Mix     []Condition `json:"mix"`  // empty: clean fractional Gaussian noise
	Lengths []int       `json:"lengths"`
	// MinHurst and MaxHurst are the range of H: 0.1 to 0.9.
	MinHurst float64 `json:"min_hurst"`
	MaxHurst float64 `json:"max_hurst"`
	// Distance, if it is not zero, is the most by which H differs from 1/2.
	Distance float64 `json:"distance,omitempty"`
	Count    int     `json:"count,omitempty"` // samples; zero: without end
}

// Condition is one way in which series are made.
type Condition struct {
	Process     process.Spec   `json:"process"`               // zero: fgn
	Contaminate []process.Spec `json:"contaminate,omitempty"` // in this order
	Share       int            `json:"share"`                 // in proportion to the others'; zero: 1
}

// Limits of a recipe, which may come from outside.
const (
	MaxConditions = 256
	MaxLengths    = 256
	MaxShare      = 1000
)

// complete replaces zero fields, in memory of its own.
func (r Recipe) complete() Recipe {
	r.Mix = slices.Clone(r.Mix)
	if len(r.Mix) == 0 {
		r.Mix = []Condition{{}}
	}
	for i := range r.Mix {
		c := &r.Mix[i]
		c.Share = orInt(c.Share, 1)
		if c.Process.Kind == "" {
			c.Process.Kind = "fgn"
		}
	}
	r.MinHurst, r.MaxHurst = orFloat(r.MinHurst, 0.1), orFloat(r.MaxHurst, 0.9)
	return r
}

// span returns the range that H is drawn from.
func (r Recipe) span() (low, high float64) {
	if r.Distance > 0 {
		return max(r.MinHurst, 0.5-r.Distance), min(r.MaxHurst, 0.5+r.Distance)
	}
	return r.MinHurst, r.MaxHurst
}

// check tells what is wrong with a complete recipe.
func (r Recipe) check() error {
	low, high := r.span()
	switch {
	case len(r.Lengths) < 1 || len(r.Lengths) > MaxLengths:
		return fmt.Errorf("lengths: %d of them: want 1 to %d", len(r.Lengths), MaxLengths)
	case len(r.Mix) > MaxConditions:
		return fmt.Errorf("mix: %d conditions: want at most %d", len(r.Mix), MaxConditions)
	case !(r.Distance >= 0 && r.Distance < 1):
		return fmt.Errorf("distance: %v: want 0 to 1", r.Distance)
	case !(low <= high):
		return fmt.Errorf("hurst: %v to %v is no range", low, high)
	case r.Count < 0:
		return fmt.Errorf("count: %d is negative", r.Count)
	}
	for i, n := range r.Lengths {
		if n < process.MinLength || n >= process.MaxLength {
			return fmt.Errorf("lengths[%d]: %d is outside %d to %d", i, n, process.MinLength, process.MaxLength-1)
		}
	}
	for i, c := range r.Mix {
		if err := c.check(low, high, slices.Min(r.Lengths)); err != nil {
			return fmt.Errorf("mix[%d]: %w", i, err)
		}
	}
	return nil
}

func (c Condition) check(low, high float64, shortest int) error {
	if c.Share < 1 || c.Share > MaxShare {
		return fmt.Errorf("share: %d is outside 1 to %d", c.Share, MaxShare)
	}
	if _, err := contamination.New(c.Contaminate); err != nil {
		return err
	}
	k, err := c.Process.Check()
	if err != nil {
		return err
	}
	if !(low > k.MinHurst && high < k.MaxHurst) && k.MinHurst < k.MaxHurst {
		return fmt.Errorf("hurst: %v to %v: %s has those between %v and %v", low, high, k.Name, k.MinHurst, k.MaxHurst)
	}
	_, err = process.New(c.Process, shortest+1)
	return err
}

// turn returns the condition and the length of a sample.
func (r Recipe) turn(i uint64) (condition, length int) {
	n, total := uint64(len(r.Lengths)), uint64(0)
	for _, c := range r.Mix {
		total += uint64(c.Share)
	}
	at := i / n % total
	for j, c := range r.Mix {
		if at < uint64(c.Share) {
			condition = j
			break
		}
		at -= uint64(c.Share)
	}
	return condition, r.Lengths[i%n]
}

// Fresh returns the source of a recipe's series.
func Fresh(r Recipe) (Source, error) {
	r = r.complete()
	if err := r.check(); err != nil {
		return nil, err
	}
	low, high := r.span()
	f := &fresh{recipe: r, info: Info{
		Len: r.Count, Shortest: slices.Min(r.Lengths), Longest: slices.Max(r.Lengths),
		Target: Scale{(low + high) / 2, (high - low) / math.Sqrt(12)},
	}}
	if f.info.Target.Unit == 0 {
		f.info.Target.Unit = 1
	}
	d := newDigest("fresh")
	d.json(r)
	f.info.Digest = d.sum()
	return f, nil
}

type fresh struct {
	recipe Recipe
	info   Info
}

func (f *fresh) Info() Info { return f.info }

func (f *fresh) Length(i uint64) int {
	_, n := f.recipe.turn(i)
	return n
}
