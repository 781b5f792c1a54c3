package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

const whyNoise = "what is added is independent of the series and has no long memory"

func noiseKinds() []Kind {
	return []Kind{{
		Name: "white", Title: "white Gaussian noise", KeepsH: true, Why: whyNoise,
		Params: []process.Param{
			sizeParam("standard deviation", 0.5),
			{Name: "snr", Text: "ratio of the clean variance to the noise's in dB; when given it is taken instead of the size", Min: -60, Max: 300, Most: 1},
		},
		build: func(v process.Values) (step, error) {
			if snr := v.List("snr"); len(snr) > 0 {
				return white{size: math.Pow(10, -snr[0]/20)}, nil
			}
			return white{size: v.One("size")}, nil
		},
	}, {
		Name: "coloured", Title: "noise with a power-law spectrum", KeepsH: false,
		Why: "the noise has an exponent of its own, (1+beta)/2 for beta from -1 to 1",
		Params: []process.Param{
			sizeParam("standard deviation, exactly", 0.5),
			{Name: "beta", Text: "its spectrum is frequency^-beta: 1 is pink, 2 brown, -1 blue", Default: 1, Min: -2, Max: 4},
		},
		build: func(v process.Values) (step, error) {
			return &coloured{size: v.One("size"), beta: v.One("beta")}, nil
		},
	}, {
		Name: "ar1", Title: "short memory: autoregressive noise of order 1", KeepsH: true, Why: whyNoise,
		Params: []process.Param{
			sizeParam("standard deviation", 0.5),
			{Name: "phi", Text: "correlation of a point of the noise with the next", Default: 0.7, Min: -0.999, Max: 0.999},
		},
		build: func(v process.Values) (step, error) {
			return autoregression{size: v.One("size"), phi: v.One("phi")}, nil
		},
	}, {
		Name: "impulsive", Title: "Gaussian noise at some points", KeepsH: true, Why: whyNoise,
		Params: []process.Param{
			rateParam("chance of noise at each point", 0.005, 1),
			sizeParam("standard deviation where there is noise", 5),
		},
		build: func(v process.Values) (step, error) {
			return impulsive{rate: v.One("rate"), size: v.One("size")}, nil
		},
	}, {
		Name: "spikes", Title: "spikes of one height", KeepsH: true, Why: whyNoise,
		Params: []process.Param{rateParam("chance of a spike at each point", 0.01, 1), sizeParam("height, up or down by chance", 3)},
		build: func(v process.Values) (step, error) {
			return outliers{rate: v.One("rate"), low: v.One("size"), high: v.One("size")}, nil
		},
	}, {
		Name: "outliers", Title: "outliers of uniform size", KeepsH: true, Why: whyNoise,
		Params: []process.Param{
			rateParam("chance of an outlier at each point", 0.01, 1),
			{Name: "min", Text: "least that is added, in sd, up or down by chance", Default: 5, Min: 0, Max: maxSize},
			{Name: "max", Text: "most that is added, in sd", Default: 10, Min: 0, Max: maxSize},
			{Name: "size", Text: "when given, all are of this size, in sd", Min: 0, Max: maxSize, Most: 1},
		},
		build: newOutliers,
	}}
}
