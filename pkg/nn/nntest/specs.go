package nntest

import (
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Case is a small network and the shape of a batch for it.
type Case struct {
	Name string
	Spec nn.Spec
	Rows int
	// Lengths are the points of each series in the batch; nil: all have the spec's length.
	Lengths []int
}

// Of returns the cases whose layers are all of the given kinds; dense is always among them, as each
// head has one. An engine that lacks a kind can be tested without it.
func Of(kinds ...nn.Kind) []Case {
	return slices.DeleteFunc(Specs(), func(c Case) bool {
		return slices.ContainsFunc(kindsOf(c.Spec.Layers), func(k nn.Kind) bool {
			return k != nn.Dense && !slices.Contains(kinds, k)
		})
	})
}

func kindsOf(layers []nn.Layer) []nn.Kind {
	var all []nn.Kind
	for _, l := range layers {
		all = append(all, l.Kind)
		for _, b := range l.Branches {
			all = append(all, kindsOf(b)...)
		}
	}
	return all
}

// Specs returns the cases of the suite.
func Specs() []Case {
	return slices.Concat(vectors(), convolutions(), pools(), pointwise(), norms(), dropouts(), joins(),
		attentions(), recurrences(), mixtures())
}

// What the specs below are made of.

type layers = []nn.Layer

func layer(k nn.Kind) nn.Layer { return nn.Layer{Kind: k} }

func dense(units int) nn.Layer { return nn.Layer{Kind: nn.Dense, Units: units} }

func conv(units, kernel, padding int) nn.Layer {
	return nn.Layer{Kind: nn.Conv1D, Units: units, Kernel: kernel, Padding: padding}
}

func pool(kind nn.Kind, kernel, stride int) nn.Layer {
	return nn.Layer{Kind: kind, Kernel: kernel, Stride: stride}
}

func drop(rate float64) nn.Layer { return nn.Layer{Kind: nn.Dropout, Rate: rate} }

func attend(heads int) nn.Layer { return nn.Layer{Kind: nn.Attention, Heads: heads} }

func residual(branches ...layers) nn.Layer { return nn.Layer{Kind: nn.Residual, Branches: branches} }

func parallel(branches ...layers) nn.Layer { return nn.Layer{Kind: nn.Parallel, Branches: branches} }

func point() nn.Head { return nn.Head{Kind: nn.Point} }

// vector is a case that reads vectors.
func vector(name string, channels int, head nn.Head, l ...nn.Layer) Case {
	return Case{Name: name, Rows: 5, Spec: nn.Spec{Input: nn.Input{Channels: channels}, Layers: l, Head: head}}
}

// fixed is a case whose series have one length.
func fixed(name string, channels, length int, l ...nn.Layer) Case {
	in := nn.Input{Channels: channels, Series: true, Length: length}
	return Case{Name: name, Rows: 4, Spec: nn.Spec{Input: in, Layers: l, Head: point()}}
}

// varying is a case whose series may have any length from least on, in a batch of the given ones.
func varying(name string, channels, least int, lengths []int, l ...nn.Layer) Case {
	in := nn.Input{Channels: channels, Series: true, MinLength: least}
	return Case{Name: name, Rows: len(lengths), Lengths: lengths, Spec: nn.Spec{Input: in, Layers: l, Head: point()}}
}
