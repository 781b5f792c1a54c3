package contamination

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/process"
)

// MaxIntensity is the most by which a preset may be made stronger.
const MaxIntensity = 4

// Preset is a mixture of contaminations that is typical of a domain. In a spec its name is a kind
// whose one parameter is its intensity: {"kind": "eeg-ocular", "size": 1}.
type Preset struct {
	Name   string
	Domain string
	Title  string
	steps  func(size float64) []process.Spec
}

// Presets returns all presets. Lengths are in points, since a series does not know its sampling rate:
// those of EEG suppose 250 points a second, those of the environment days, those of finance trading
// days, and the others no unit.
func Presets() []Preset {
	return slices.Concat(financePresets(), physiologyPresets(), environmentPresets(), networkPresets(),
		industryPresets(), eegPresets(), mixedPresets())
}

// LookupPreset returns the preset of a name.
func LookupPreset(name string) (Preset, error) {
	var names []string
	for _, p := range Presets() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("there is no preset %.40q; there are: %s", name, strings.Join(names, ", "))
}

// Specs returns what the preset is made of at an intensity from 0 to MaxIntensity: 1 is typical, and 0
// leaves series clean. It fails outside these.
func (p Preset) Specs(size float64) ([]process.Spec, error) {
	if !(size >= 0 && size <= MaxIntensity) {
		return nil, fmt.Errorf("preset %s: intensity %v; allowed: 0 to %v", p.Name, size, MaxIntensity)
	}
	if size == 0 {
		return nil, nil
	}
	return p.steps(size), nil
}

// kind describes the preset as a kind. It keeps H if all that it is made of does.
func (p Preset) kind() Kind {
	k := Kind{Name: p.Name, Title: p.Title, Domain: p.Domain, KeepsH: true}
	var names []string
	for _, s := range p.steps(1) {
		names = append(names, s.Kind)
	}
	for _, one := range plainKinds() {
		k.KeepsH = k.KeepsH && (one.KeepsH || !slices.Contains(names, one.Name))
	}
	k.Why = "it is made of " + strings.Join(names, ", ")
	k.Params = []process.Param{{Name: "size", Text: "intensity; 1 is typical", Default: 1, Min: 0, Max: MaxIntensity}}
	k.build = func(v process.Values) (step, error) {
		specs, err := p.Specs(v.One("size"))
		if err != nil {
			return nil, err
		}
		c, err := New(specs)
		if err != nil {
			return nil, err
		}
		return c.steps, nil
	}
	return k
}

// with makes a spec of a kind and pairs of a parameter's name and value.
func with(kind string, pairs ...any) process.Spec {
	s := process.Spec{Kind: kind, Params: map[string][]float64{}}
	for pair := range slices.Chunk(pairs, 2) {
		s.Params[pair[0].(string)] = []float64{pair[1].(float64)}
	}
	return s
}

// share bounds a share of the points that grows with the intensity.
func share(v float64) float64 { return math.Min(v, 0.8) }
