package contamination

import "github.com/longmemory/hurst/pkg/process"

func samplingKinds() []Kind {
	return []Kind{{
		Name: "missing", Title: "missing points", KeepsH: true,
		Why: "the points that are left are the clean ones, and the gaps have no long memory",
		Params: []process.Param{
			rateParam("share of the points that are missing", 0.1, 0.9),
			lengthParam("mean length of a gap; at 1 each point is missing independently", 1, 1e6),
			{Name: "interpolate", Text: "1: every gap is filled with a straight line; 0: missing points are NaN", Default: 1, Min: 0, Max: 1},
		},
		build: func(v process.Values) (step, error) {
			fill, err := whole(v, "interpolate")
			return missing{rate: v.One("rate"), length: v.One("length"), fill: fill == 1}, err
		},
	}, {
		Name: "irregular", Title: "points taken early or late", KeepsH: true,
		Why: "only scales of about one point change",
		Params: []process.Param{{Name: "jitter", Text: "width of the uniform error of a point's time, in points; the value there is interpolated",
			Default: 0.5, Min: 0, Max: 1}},
		build: func(v process.Values) (step, error) {
			return irregular{jitter: v.One("jitter")}, nil
		},
	}, {
		Name: "aliasing", Title: "tone above the highest frequency that the sampling can tell, folded back", KeepsH: true,
		Why: whyDeterministic,
		Params: []process.Param{
			sizeParam("amplitude", 0.5),
			{Name: "frequency", Text: "of the tone, in cycles a point; 0.9 is seen as 0.1", Default: 0.9, Min: 0.5, Max: 100},
		},
		build: func(v process.Values) (step, error) {
			return tone{size: v.One("size"), frequency: v.One("frequency")}, nil
		},
	}, {
		Name: "quantisation", Title: "values rounded to levels", KeepsH: true,
		Why:    "the error is bounded, and has the memory of higher powers of the series, which is shorter",
		Params: []process.Param{{Name: "levels", Text: "levels in one sd", Default: 4, Min: 0.1, Max: 1e9}},
		build: func(v process.Values) (step, error) {
			return quantisation{levels: v.One("levels")}, nil
		},
	}, {
		Name: "clipping", Title: "values beyond a limit held at it", KeepsH: true,
		Why: whyMonotone,
		Params: []process.Param{
			{Name: "limit", Text: "distance from the clean mean, in sd", Default: 1.5, Min: 0.1, Max: maxSize},
		},
		build: func(v process.Values) (step, error) {
			return clipping{limit: v.One("limit")}, nil
		},
	}}
}

const whyMonotone = "values keep their order, so that their ranks are those of the clean series"

func gainKinds() []Kind {
	return []Kind{{
		Name: "systematic", Title: "wrong scale and zero", KeepsH: true, Why: "an exponent depends on neither",
		Params: []process.Param{
			{Name: "gain", Text: "factor of the deviations from the clean mean", Default: 1.1, Min: 0.001, Max: 1000},
			{Name: "offset", Text: "what is added, in sd", Default: 0.1, Min: -maxSize, Max: maxSize},
		},
		build: func(v process.Values) (step, error) {
			return systematic{gain: v.One("gain"), offset: v.One("offset")}, nil
		},
	}, {
		Name: "gain", Title: "deviations larger from some point on", KeepsH: true,
		Why: "each part has the clean exponent (of noise; a walk gets a jump)",
		Params: []process.Param{
			{Name: "ratio", Text: "factor of the deviations from the clean mean", Default: 2, Min: 0.001, Max: 1000},
			{Name: "at", Text: "where it begins, as a fraction of the series; without, at a place by chance", Min: 0, Max: 1, Most: 1},
		},
		build: func(v process.Values) (step, error) {
			return gain{ratio: v.One("ratio"), at: v.List("at")}, nil
		},
	}, {
		Name: "fade", Title: "deviations that grow or shrink steadily", KeepsH: true,
		Why: "the factor is a function of time with one unknown number (of noise; a walk gets a trend)",
		Params: []process.Param{
			{Name: "end", Text: "factor of the deviations from the clean mean at the last point; 1 at the first", Default: 0.5, Min: 0, Max: 1000},
		},
		build: func(v process.Values) (step, error) {
			return fade{end: v.One("end")}, nil
		},
	}, {
		Name: "volatility", Title: "volatility clustering", KeepsH: true,
		Why: "the factor is positive, independent of the series and has no long memory: signs are the clean ones (of noise)",
		Params: []process.Param{
			{Name: "sigma", Text: "standard deviation of the logarithm of the volatility", Default: 0.5, Min: 0, Max: 2},
			{Name: "phi", Text: "correlation of that logarithm from point to point", Default: 0.98, Min: 0, Max: 0.9999},
		},
		build: func(v process.Values) (step, error) {
			return volatility{sigma: v.One("sigma"), phi: v.One("phi")}, nil
		},
	}}
}
