package contamination

import "github.com/longmemory/hurst/pkg/process"

const whyDeterministic = "what is added is a function of time with a few unknown numbers, which a long series tells"

func trendKinds() []Kind {
	return []Kind{{
		Name: "trend", Title: "linear trend", KeepsH: true, Why: whyDeterministic,
		Params: []process.Param{signedParam("rise from the first point to the last", 1)},
		build: func(v process.Values) (step, error) {
			return trend{size: v.One("size"), curve: line}, nil
		},
	}, {
		Name: "polynomial", Title: "trend as a power of time", KeepsH: true, Why: whyDeterministic,
		Params: []process.Param{
			signedParam("rise from the first point to the last", 1),
			{Name: "degree", Text: "power of time", Default: 2, Min: 1, Max: 10},
		},
		build: func(v process.Values) (step, error) {
			return trend{size: v.One("size"), curve: power, shape: v.One("degree")}, nil
		},
	}, {
		Name: "exponential", Title: "exponential trend", KeepsH: true, Why: whyDeterministic,
		Params: []process.Param{
			signedParam("rise from the first point to the last", 1),
			rateSigned(),
		},
		build: func(v process.Values) (step, error) {
			return trend{size: v.One("size"), curve: growth, shape: v.One("rate")}, nil
		},
	}, {
		Name: "seasonality", Title: "sine of random phase", KeepsH: true, Why: whyDeterministic,
		Params: []process.Param{
			sizeParam("amplitude", 1),
			{Name: "fraction", Text: "period as a fraction of the series", Default: 0.125, Min: 1e-6, Max: 100},
			{Name: "period", Text: "period in points; when given it is taken instead of the fraction", Min: 2, Max: 1e8, Most: 1},
		},
		build: func(v process.Values) (step, error) {
			return season{size: v.One("size"), fraction: v.One("fraction"), period: v.List("period")}, nil
		},
	}, {
		Name: "shift", Title: "level shifts", KeepsH: true,
		Why: "a few steps are a function of time with a few unknown numbers; they look like long memory to who does not expect them",
		Params: []process.Param{
			signedParam("height of each step", 1),
			{Name: "count", Text: "steps up or down by chance, at places by chance", Default: 1, Min: 0, Max: maxPlaces},
			atParam("where steps are instead, all of them up"),
		},
		build: func(v process.Values) (step, error) {
			count, err := whole(v, "count")
			return shift{size: v.One("size"), count: count, at: v.List("at")}, err
		},
	}, {
		Name: "levels", Title: "level drawn anew now and then", KeepsH: true,
		Why: "the levels are independent, so that their memory ends with the stay at one: 1/rate points",
		Params: []process.Param{
			sizeParam("standard deviation of the levels", 1),
			rateParam("chance of a new level at each point", 0.005, 1),
		},
		build: func(v process.Values) (step, error) {
			return levels{size: v.One("size"), rate: v.One("rate")}, nil
		},
	}, {
		Name: "drift", Title: "random walk", KeepsH: false,
		Why:    "a random walk has a power law of its own, which rules the long scales",
		Params: []process.Param{sizeParam("expected distance of the last point from the first (root mean square)", 1)},
		build: func(v process.Values) (step, error) {
			return drift{size: v.One("size")}, nil
		},
	}}
}

func rateSigned() process.Param {
	return process.Param{Name: "rate", Text: "logarithm of the growth over the series: the curve is exp(rate·t), t from 0 to 1",
		Default: 3, Min: -50, Max: 50}
}
