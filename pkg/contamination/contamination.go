// Package contamination spoils clean series in the ways that real ones are spoilt: trends, seasons,
// shifts, outliers, noise, gaps, heavy tails, poor sampling and failing sensors.
//
// [Kinds] lists the ways, and [Presets] the mixtures of them that are typical of a domain. [New]
// makes a [Chain] of steps from specs, and [Chain.Apply] spoils a series in place. Every size is in
// units of the clean series' own standard deviation, and all that is random comes from a
// [process.Stream], so that the same seed spoils a series in the same way anywhere.
//
// # What keeping H means
//
// A kind keeps H when somebody who knows the kind and its parameters, but not its random numbers,
// could still find the clean series' exponent from a long enough spoilt one. So a deterministic
// trend, independent noise without long memory, and a monotone change of the values keep H, although
// each misleads an estimator that does not know of it, and although the spoilt series' own sums may
// grow with another exponent: below H = 0.5 white noise or a change of the marginal raises that to
// 0.5. What adds a power law of its own does not keep H, since nothing in the series says which of
// the two exponents was meant.
package contamination

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/process"
)

// Kind describes a way to spoil a series.
type Kind struct {
	Name   string // as in a spec
	Title  string
	Domain string // of a preset; empty: it is no preset
	KeepsH bool   // in the sense that the package's comment defines
	Why    string // it keeps H or does not
	Params []process.Param
	build  func(v process.Values) (step, error)
}

// A step spoils a series in place, and may overwrite values of NaN only with finite ones. It may keep
// memory between calls, but nothing that changes its results.
type step interface {
	apply(x []float64, u unit, rng *process.Stream)
}

// Kinds returns all kinds: the plain ones, then the presets.
func Kinds() []Kind {
	kinds := plainKinds()
	for _, p := range Presets() {
		kinds = append(kinds, p.kind())
	}
	return kinds
}

func plainKinds() []Kind {
	return slices.Concat(trendKinds(), noiseKinds(), eventKinds(), marginalKinds(), samplingKinds(), gainKinds())
}

// Lookup returns the kind of a name.
func Lookup(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, fmt.Errorf("there is no contamination %.40q; there are: %s", name, strings.Join(names, ", "))
}

// maxSize bounds what is added, in standard deviations of the clean series.
const maxSize = 1000

// sizeParam is the parameter of what may only be larger or smaller.
func sizeParam(text string, value float64) process.Param {
	return process.Param{Name: "size", Text: text + ", in sd", Default: value, Min: 0, Max: maxSize}
}

// signedParam is the parameter of what goes up, or down when it is negative.
func signedParam(text string, value float64) process.Param {
	return process.Param{Name: "size", Text: text + ", in sd; negative: downwards", Default: value, Min: -maxSize, Max: maxSize}
}

func rateParam(text string, value, most float64) process.Param {
	return process.Param{Name: "rate", Text: text, Default: value, Min: 0, Max: most}
}

func lengthParam(text string, value, most float64) process.Param {
	return process.Param{Name: "length", Text: text + ", in points", Default: value, Min: 1, Max: most}
}

func downParam(value float64) process.Param {
	return process.Param{Name: "down", Text: "chance that each goes down instead of up", Default: value, Min: 0, Max: 1}
}

func atParam(text string) process.Param {
	return process.Param{Name: "at", Text: text + ", as a fraction of the series", Min: 0, Max: 1, Most: maxPlaces}
}

// maxPlaces bounds a list of places.
const maxPlaces = 64

// whole returns a parameter that counts something.
func whole(v process.Values, name string) (int, error) {
	x := v.One(name)
	if x != math.Trunc(x) {
		return 0, fmt.Errorf("%s is %v; it is a whole number", name, x)
	}
	return int(x), nil
}
