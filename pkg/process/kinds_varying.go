package process

import "math"

const varyingHurst = "the mean of the exponents over the series. At each point the value is that of fractional " +
	"Gaussian noise of the exponent there, all from the same random numbers. Where the exponent would come " +
	"nearer to 0.01 or 0.99 than a twentieth of the mean's distance, all its deviations shrink in proportion"

func varyingKinds() []Kind {
	return []Kind{
		varyingKind("regimes", "noise that switches between two exponents", newRegimes,
			Param{Name: "jump", Text: "distance of the two exponents", Default: 0.3, Min: 0, Max: mostChange},
			Param{Name: "count", Text: "segments, whose ends and first exponent are drawn for each series", Default: 4, Min: 2, Max: 32},
			Param{Name: "at", Text: "instead of count: ends of segments, as parts of the length; the first has the lower exponent",
				Min: 0, Max: 1, Most: 31},
		),
		varyingKind("break", "noise with one structural break", newBreak,
			Param{Name: "position", Text: "of the break, as a part of the length", Default: 0.5, Min: 0.05, Max: 0.95},
			Param{Name: "jump", Text: "exponent after the break less that before", Default: -0.3, Min: -mostChange, Max: mostChange},
			Param{Name: "spread", Text: "standard deviation after the break over that before; the mean variance is one",
				Default: 1, Min: 0.1, Max: 10},
		),
		driftKind("drift-linear", "noise whose exponent drifts along a line", "from the first point to the last",
			func(Values) func(u float64) float64 {
				return func(u float64) float64 { return u }
			}),
		driftKind("drift-sine", "noise whose exponent goes up and down", "from the lowest to the highest",
			func(v Values) func(u float64) float64 {
				turn, phase := 2*math.Pi*v.One("cycles"), 2*math.Pi*v.One("phase")
				return func(u float64) float64 { return (1 - math.Cos(turn*u+phase)) / 2 }
			},
			Param{Name: "cycles", Text: "cycles over the length", Default: 1, Min: 0.5, Max: 64},
			Param{Name: "phase", Text: "at the first point, in cycles from the lowest", Min: 0, Max: 1},
		),
		driftKind("drift-logistic", "noise whose exponent goes from one level to another", "from one level to the other",
			func(v Values) func(u float64) float64 {
				position, width := v.One("position"), v.One("width")
				return func(u float64) float64 { return 1 / (1 + math.Exp((position-u)/width)) }
			},
			Param{Name: "position", Text: "of the middle, as a part of the length", Default: 0.5, Min: 0, Max: 1},
			Param{Name: "width", Text: "in which the odds of the levels grow e-fold, as a part of the length",
				Default: 0.1, Min: 0.001, Max: 1},
		),
		driftKind("drift-exponential", "noise whose exponent drifts ever faster", "from the first point to the last",
			func(v Values) func(u float64) float64 {
				rate := v.One("rate")
				return func(u float64) float64 { return math.Expm1(rate*u) / math.Expm1(rate) }
			},
			Param{Name: "rate", Text: "ln of the last point's speed over the first's", Default: 3, Min: 0.1, Max: 20},
		),
	}
}

// mostChange bounds how far exponents may be apart.
const mostChange = 0.9

func varyingKind(name, title string, build func(n int, v Values) (Generator, error), params ...Param) Kind {
	return Kind{
		Name: name, Title: title, Hurst: varyingHurst,
		MinHurst: MinHurst, MaxHurst: MaxHurst, Params: params,
		Source: "after Peltier and Lévy Véhel 1995",
		build:  build,
	}
}

// driftKind is a kind with the parameter change, and a course that shape makes of its parameters.
func driftKind(name, title, change string, shape func(v Values) func(u float64) float64, params ...Param) Kind {
	build := func(n int, v Values) (Generator, error) {
		return newVarying(n, drift{change: v.One("change"), shape: shape(v)}), nil
	}
	all := append([]Param{{
		Name: "change", Text: "of the exponent, " + change + "; negative: downwards",
		Default: 0.3, Min: -mostChange, Max: mostChange,
	}}, params...)
	return varyingKind(name, title, build, all...)
}
