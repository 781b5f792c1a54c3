package feature

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/estimator"
)

// Extractor computes the features of a set. It is not safe for concurrent use.
type Extractor struct {
	set     Set
	takes   [][]int // of each part, which of its features go where: -1 for those that an earlier part has
	lengths map[int]*prepared
	each    int // bytes that a value takes, in all parts
	held    int // bytes that the lengths prepared for take, all together
}

// prepared is what an extractor keeps for one length.
type prepared struct {
	z      []float64
	frames []frame
	values [][]float64 // of each part
}

// maxHeld bounds the bytes that an extractor keeps for lengths seen before.
const maxHeld = 100_000_000

// NewExtractor returns an extractor for a set that [Lookup] returned.
func NewExtractor(set Set) *Extractor {
	e := &Extractor{set: set, lengths: map[int]*prepared{}}
	taken := map[string]bool{}
	for _, p := range set.parts {
		take := make([]int, len(p.names))
		for i, name := range p.names {
			take[i] = -1
			if !taken[name] {
				take[i] = slices.Index(set.Names, name)
				taken[name] = true
			}
		}
		e.takes = append(e.takes, take)
		e.each += p.bytes
	}
	return e
}

// Extract writes the features of x to dst, one for each of the set's names. Other than for the
// reference's sets they do not depend on the mean and the scale of x. It fails, with the errors of
// [estimator.Standardise], when x has too few or too many values, is constant or not finite. It
// allocates nothing for a length that it has seen lately. It panics when dst is not as long as the set.
func (e *Extractor) Extract(dst, x []float64) error {
	if len(dst) != len(e.set.Names) {
		panic(fmt.Sprintf("feature: %d values for the %d features of %q", len(dst), len(e.set.Names), e.set.Name))
	}
	if len(x) < MinLength {
		return fmt.Errorf("%w: %d values, want at least %d", estimator.ErrTooShort, len(x), MinLength)
	}
	if len(x) > MaxLength {
		return fmt.Errorf("series of %d values is too long: want at most %d", len(x), MaxLength)
	}
	p := e.prepared(len(x))
	if err := estimator.Standardise(p.z, x); err != nil {
		return err
	}
	for i, f := range p.frames {
		values := p.values[i]
		f.fill(values, p.z, x)
		bound(values, e.set.parts[i].raw)
		for j, to := range e.takes[i] {
			if to >= 0 {
				dst[to] = values[j]
			}
		}
	}
	return nil
}

// limit bounds each feature: e^-20 of the variance is as good as none.
const limit = 20

// rawLimit bounds features on the series' own scale, so that they are finite as float32.
const rawLimit = 1e30

// bound moves features into their limits: periodic series have bands and scales without any power.
func bound(values []float64, raw bool) {
	most := float64(limit)
	if raw {
		most = rawLimit
	}
	for i, v := range values {
		values[i] = max(-most, min(most, v))
		if v != v {
			values[i] = 0
		}
	}
}

func (e *Extractor) prepared(n int) *prepared {
	p, ok := e.lengths[n]
	if ok {
		return p
	}
	if e.held+n*e.each > maxHeld {
		clear(e.lengths)
		e.held = 0
	}
	p = &prepared{z: make([]float64, n)}
	for _, part := range e.set.parts {
		p.frames = append(p.frames, part.frame(n))
		p.values = append(p.values, make([]float64, len(part.names)))
	}
	e.lengths[n] = p
	e.held += n * e.each
	return p
}
