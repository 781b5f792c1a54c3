package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

func financePresets() []Preset {
	return []Preset{{
		Name: "finance-crash", Domain: "finance", Title: "a crash that is made up for slowly, and the unrest after it",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("pops", "count", 1.0, "size", 6*a, "length", 40.0, "down", 1.0),
				with("volatility", "sigma", 0.2*a, "phi", 0.98),
			}
		},
	}, {
		Name: "finance-volatility", Domain: "finance", Title: "volatility clustering, and tails of 4 degrees of freedom",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("volatility", "sigma", 0.4*a, "phi", 0.98),
				with("student", "df", math.Min(4/a, 1000)),
			}
		},
	}, {
		Name: "finance-regime", Domain: "finance", Title: "another mean and a larger variance from some day on",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("gain", "ratio", 1+0.8*a), with("shift", "size", 0.8*a)}
		},
	}}
}

func environmentPresets() []Preset {
	return []Preset{{
		Name: "environment-season", Domain: "environment", Title: "the year and its half",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("seasonality", "period", 365.25, "size", 1.5*a),
				with("seasonality", "period", 182.625, "size", 0.4*a),
			}
		},
	}, {
		Name: "environment-extremes", Domain: "environment", Title: "extreme events of some days",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("pops", "rate", 0.003, "size", 5*a, "length", 4.0, "down", 0.1),
				with("outliers", "rate", 0.002, "min", 3*a, "max", 6*a),
			}
		},
	}, {
		Name: "environment-drift", Domain: "environment", Title: "an instrument that drifts, is moved once, and misses days",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("drift", "size", 1.0*a),
				with("shift", "size", 0.5*a),
				with("missing", "rate", share(0.03*a), "length", 5.0),
			}
		},
	}}
}

func networkPresets() []Preset {
	return []Preset{{
		Name: "network-bursts", Domain: "networks", Title: "bursts of traffic",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("bursts", "rate", 0.05, "length", 20.0, "level", 2.5*a, "size", 1.0*a)}
		},
	}, {
		Name: "network-congestion", Domain: "networks", Title: "daily load, and a full link",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("seasonality", "fraction", 0.2, "size", 0.8*a),
				with("clipping", "limit", math.Min(2/a, maxSize)),
			}
		},
	}, {
		Name: "network-failure", Domain: "networks", Title: "counters that stand still or are lost",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("stuck", "rate", share(0.04*a), "length", 15.0),
				with("missing", "rate", share(0.04*a), "length", 10.0),
				with("spikes", "rate", 0.002, "size", 5*a),
			}
		},
	}}
}

func industryPresets() []Preset {
	return []Preset{{
		Name: "industry-calibration", Domain: "industry", Title: "a drift that a calibration takes back",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("trend", "size", 2.5*a),
				with("shift", "size", -1.5*a, "at", 0.6),
				with("systematic", "gain", 1+0.1*a, "offset", 0.2*a),
			}
		},
	}, {
		Name: "industry-ageing", Domain: "industry", Title: "a sensor that grows deaf and noisy",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("fade", "end", math.Pow(0.6, a)),
				with("polynomial", "degree", 2.0, "size", 1.0*a),
				with("white", "size", 0.2*a),
			}
		},
	}, {
		Name: "industry-interference", Domain: "industry", Title: "the mains, its folded harmonic, and switching",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("seasonality", "period", 20.0, "size", 0.6*a),
				with("aliasing", "frequency", 0.85, "size", 0.3*a),
				with("impulsive", "rate", 0.005, "size", 4*a),
			}
		},
	}}
}

func mixedPresets() []Preset {
	return []Preset{{
		Name: "mixed-light", Domain: "mixed", Title: "a little of trend, noise and outliers",
		steps: func(a float64) []process.Spec {
			return mixture(0.3*a, 15-20*math.Log10(a), 0.002*a, share(0.01*a), 0.2*a)
		},
	}, {
		Name: "mixed-moderate", Domain: "mixed", Title: "trend, season, noise, outliers and gaps",
		steps: func(a float64) []process.Spec {
			return mixture(1*a, 10-20*math.Log10(a), 0.005*a, share(0.03*a), 0.5*a)
		},
	}, {
		Name: "mixed-severe", Domain: "mixed", Title: "much of trend, season, noise, outliers and gaps",
		steps: func(a float64) []process.Spec {
			return mixture(2*a, 5-20*math.Log10(a), 0.02*a, share(0.1*a), 1*a)
		},
	}}
}

// mixture takes the rise of a trend and the amplitude of a season in sd, a signal-to-noise ratio in
// dB, and the shares of outliers and of missing points.
func mixture(rise, snr, outliers, missing, season float64) []process.Spec {
	return []process.Spec{
		with("trend", "size", rise),
		with("seasonality", "fraction", 0.125, "size", season),
		with("white", "snr", math.Max(-60, math.Min(snr, 300))),
		with("outliers", "rate", outliers, "min", 4.0, "max", 8.0),
		with("missing", "rate", missing),
	}
}
