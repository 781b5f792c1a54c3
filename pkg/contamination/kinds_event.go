package contamination

import "github.com/longmemory/hurst/pkg/process"

const whyEvents = "events come independently of the series and of each other, and each ends"

func eventKinds() []Kind {
	return []Kind{{
		Name: "pulses", Title: "smooth pulses at chance", KeepsH: true, Why: whyEvents,
		Params: []process.Param{
			rateParam("chance of a pulse beginning at each point", 0.002, 0.1),
			lengthParam("from a pulse's beginning to its end", 50, 1000),
			sizeParam("height", 3),
			downParam(0),
		},
		build: func(v process.Values) (step, error) {
			return pulses{rate: v.One("rate"), length: v.One("length"), size: v.One("size"), down: v.One("down")}, nil
		},
	}, {
		Name: "pops", Title: "jumps that decay", KeepsH: true, Why: whyEvents,
		Params: []process.Param{
			rateParam("chance of a jump at each point", 0.002, 1),
			{Name: "count", Text: "when given, so many jumps at places by chance instead", Max: maxPlaces, Most: 1},
			lengthParam("points in which a jump falls to 1/e", 30, 1e6),
			sizeParam("height", 5),
			downParam(0.5),
		},
		build: newPops,
	}, {
		Name: "beats", Title: "periodic pulses", KeepsH: true, Why: whyDeterministic,
		Params: []process.Param{
			{Name: "period", Text: "from one pulse to the next, in points", Default: 200, Min: 2, Max: 1e8},
			lengthParam("from a pulse's beginning to its end", 20, 1e8),
			signedParam("height", 2),
		},
		build: func(v process.Values) (step, error) {
			return beats{period: v.One("period"), length: min(v.One("length"), v.One("period")), size: v.One("size")}, nil
		},
	}, {
		Name: "bursts", Title: "episodes of white noise on a raised level", KeepsH: true, Why: whyEvents,
		Params: []process.Param{
			rateParam("share of the points inside an episode", 0.05, 1),
			lengthParam("mean length of an episode", 30, 1e6),
			sizeParam("standard deviation of the noise", 2),
			{Name: "level", Text: "how much higher the series is inside, in sd", Default: 0, Min: -maxSize, Max: maxSize},
		},
		build: func(v process.Values) (step, error) {
			return bursts{rate: v.One("rate"), length: v.One("length"), size: v.One("size"), level: v.One("level")}, nil
		},
	}, {
		Name: "stuck", Title: "episodes in which the value before them stays", KeepsH: true,
		Why: "the points outside the episodes are the clean ones, and the episodes have no long memory",
		Params: []process.Param{
			rateParam("share of the points that are stuck", 0.05, 0.9),
			lengthParam("mean length of an episode", 20, 1e6),
		},
		build: func(v process.Values) (step, error) {
			return stuck{rate: v.One("rate"), length: v.One("length")}, nil
		},
	}}
}
