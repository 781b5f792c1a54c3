package estimator

// usualNoise is the share of white noise that is looked for: none that is stronger than the signal.
const usualNoise = 0.5

func robustMethods() []Method {
	method := func(name, title string, r Robust) Method {
		return Method{
			Name: name, Title: title, Family: FamilyRobust, Estimand: Hurst,
			Source: "debiased Whittle (Sykulski et al. 2019) after preprocessing",
			New: func(s Settings) Estimator {
				r := r
				r.Settings = s
				return r
			},
		}
	}
	return []Method{
		{
			Name: "robust", Title: "Debiased Whittle, gaps, outliers, long tails, trends, shifts and cycles accounted for",
			Family: FamilyRobust, Estimand: Hurst, Source: "debiased Whittle (Sykulski et al. 2019); nuisances integrated out (Harville 1974)",
			New: func(s Settings) Estimator { return Adaptive{Settings: s} },
		},
		{
			Name: "debiased-gaps", Title: "Debiased Whittle of series with missing values",
			Family: FamilyRobust, Estimand: Hurst, Source: "debiased Whittle (Sykulski et al. 2019); missing values integrated out (Harville 1974)",
			New: func(s Settings) Estimator { return Adaptive{Settings: s, GapsOnly: true} },
		},
		method("robust-scores", "Normal scores, then debiased Whittle", Robust{NormalScores: true}),
		method("robust-detrend", "Debiased Whittle without a linear trend", Robust{Trend: 1}),
		method("robust-lowfreq", "Debiased Whittle without the lowest frequencies", Robust{SkipLow: 9}),
		method("robust-noise", "Debiased Whittle of fGn and white noise", Robust{WhiteNoise: usualNoise}),
		method("robust-noise-median", "Debiased Whittle of fGn and white noise, posterior median", Robust{WhiteNoise: usualNoise, Median: true}),
		method("robust-hampel", "Hampel filter, linear trend off, debiased Whittle without the lowest frequencies",
			Robust{Hampel: 4, Trend: 1, SkipLow: 9}),
	}
}
