package train

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/process"
)

// Source gives samples to train on or to validate with. Sample i is a pure function of i. It is safe
// for concurrent use; its makers are not.
type Source interface {
	Info() Info
	Length(i uint64) int // points of series i; of vectors, their values
	Maker() Maker        // a new one
}

// Maker makes a source's samples.
type Maker interface {
	// Make fills s with sample i, reusing its memory.
	Make(i uint64, s *Sample) error
}

// Sample is a series, or a vector of features, with what is to be learned of it.
type Sample struct {
	X      []float64
	Target float64
}

// Info is what is known of a source's samples.
type Info struct {
	Len               int // samples; zero: there is no end, and none is seen twice
	Shortest, Longest int // points of series
	Vectors           bool
	Target            Scale    // of the targets
	Digest            [32]byte // of all that the samples depend on
}

// Scale is a centre and a unit, such as a mean and a standard deviation.
type Scale struct {
	Centre float64 `json:"centre"`
	Unit   float64 `json:"unit"` // positive
}

// resize returns x with n values, of its own memory if that suffices.
func resize(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// Pick returns the source of some samples of another, which has an end. It panics where there is
// none with such a number.
func Pick(s Source, indices []int) Source {
	info := s.Info()
	p := &picked{source: s, indices: append([]int(nil), indices...), info: info}
	p.info.Len, p.info.Shortest, p.info.Longest = len(indices), 0, 0
	d := newDigest("pick")
	d.bytes(info.Digest[:])
	for k, i := range p.indices {
		if i < 0 || i >= info.Len {
			panic(fmt.Sprintf("train: sample %d of %d", i, info.Len))
		}
		d.number(uint64(i))
		n := s.Length(uint64(i))
		p.info.Longest = max(p.info.Longest, n)
		if k == 0 || n < p.info.Shortest {
			p.info.Shortest = n
		}
	}
	p.info.Digest = d.sum()
	return p
}

type picked struct {
	source  Source
	indices []int
	info    Info
}

func (p *picked) Info() Info          { return p.info }
func (p *picked) Length(i uint64) int { return p.source.Length(uint64(p.indices[i])) }
func (p *picked) Maker() Maker        { return pickedMaker{p.indices, p.source.Maker()} }

type pickedMaker struct {
	indices []int
	maker   Maker
}

func (m pickedMaker) Make(i uint64, s *Sample) error { return m.maker.Make(uint64(m.indices[i]), s) }

// Split divides a source that has an end by chance: a share of its samples, between 0 and 1 and at
// least one sample each, to validate with, and the rest to train on. Equal seeds divide equally.
func Split(s Source, share float64, seed uint64) (training, validation Source, err error) {
	n := s.Info().Len
	if n < 2 {
		return nil, nil, errors.New("a source of fewer than two samples, or without an end, cannot be split")
	}
	if !(share > 0 && share < 1) {
		return nil, nil, fmt.Errorf("a share of %v: want more than 0 and less than 1", share)
	}
	k := min(n-1, max(1, int(share*float64(n)+0.5)))
	order := process.Source(seed, "train/split", 0).Perm(n)
	return Pick(s, order[k:]), Pick(s, order[:k]), nil
}
