package search

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
)

// Params are the values drawn, by name. Numbers are float64, whole ones too, so that encoding as
// JSON and back changes nothing.
type Params map[string]any

// Random draws from space, which must be valid, in the order of the names: the same stream gives
// the same values. It panics where Validate would fail.
func Random(space Space, rng *rand.Rand) Params {
	p := make(Params, len(space))
	for _, name := range slices.Sorted(maps.Keys(space)) {
		if path, err := space[name].check(); err != nil {
			panic("search: " + name + path + ": " + err.Error())
		}
		p[name] = space[name].draw(rng)
	}
	return p
}

func (d Dimension) draw(rng *rand.Rand) any {
	if d.Values != nil {
		v, _ := plain(d.Values[rng.IntN(len(d.Values))], 0) // cannot fail: checked
		return v
	}
	lo, hi := *d.Min, *d.Max
	end := hi
	if d.Int {
		end++ // every whole number has the interval up to the next one
	}
	u := rng.Float64()
	v := lo + u*(end-lo)
	if d.Log {
		v = math.Exp(math.Log(lo) + u*(math.Log(end)-math.Log(lo)))
	}
	if d.Int {
		v = math.Floor(v)
	}
	return min(max(v, lo), hi) // rounding may have left the range
}
