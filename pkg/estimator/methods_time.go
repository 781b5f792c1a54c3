package estimator

func timeMethods() []Method {
	methods := []Method{
		{
			Name: "rs", Title: "rescaled range (R/S)", Source: "Hurst 1951; Mandelbrot and Wallis 1969",
			New: func(s Settings) Estimator { return RS{Settings: s} },
		},
		{
			Name: "rs-al", Title: "rescaled range over its mean for white noise", Source: "Anis and Lloyd 1976; Weron 2002",
			New: func(s Settings) Estimator { return RS{Settings: s, AnisLloyd: true} },
		},
		{
			Name: "dfa", Title: "detrended fluctuation analysis, lines", Source: "Peng et al. 1994; Kantelhardt et al. 2001",
			New: func(s Settings) Estimator { return DFA{Settings: s} },
		},
		{
			Name: "dfa2", Title: "detrended fluctuation analysis, parabolas", Source: "Kantelhardt et al. 2001",
			New: func(s Settings) Estimator { return DFA{Settings: s, Order: 2} },
		},
		{
			Name: "dfa3", Title: "detrended fluctuation analysis, cubics", Source: "Kantelhardt et al. 2001",
			New: func(s Settings) Estimator { return DFA{Settings: s, Order: 3} },
		},
		{
			Name: "dma", Title: "detrending moving average, centred", Source: "Alessio et al. 2002; Alvarez-Ramirez et al. 2005",
			New: func(s Settings) Estimator { return DMA{Settings: s} },
		},
		{
			Name: "aggvar", Title: "aggregated variance", Source: "Beran 1994; Taqqu, Teverovsky, Willinger 1995",
			New: func(s Settings) Estimator { return AggregatedVariance{Settings: s} },
		},
		{
			Name: "higuchi", Title: "Higuchi's curve length", Source: "Higuchi 1988",
			New: func(s Settings) Estimator { return Higuchi{Settings: s} },
		},
		{
			Name: "ghe", Title: "generalised Hurst exponent, q = 1", Source: "Di Matteo 2007",
			New: func(s Settings) Estimator { return GHE{Settings: s} },
		},
		{
			Name: "ghe2", Title: "generalised Hurst exponent, q = 2", Source: "Di Matteo 2007",
			New: func(s Settings) Estimator { return GHE{Settings: s, Q: 2} },
		},
		{
			Name: "variogram", Title: "variogram at the lags 1 and 2", Source: "Constantine and Hall 1994",
			New: func(s Settings) Estimator { return Variogram{Settings: s} },
		},
		{
			Name: "madogram", Title: "madogram at the lags 1 and 2", Source: "Gneiting, Ševčíková, Percival 2012",
			New: func(s Settings) Estimator { return Variogram{Settings: s, Madogram: true} },
		},
		{
			Name: "lag1", Title: "closed form of the first autocorrelation", Source: "Kettani and Gubner 2006",
			New: func(s Settings) Estimator { return Lag1{Settings: s} },
		},
		{
			Name: "mfdfa", Title: "multifractal detrended fluctuation analysis, h(2)", Source: "Kantelhardt et al. 2002",
			New: func(s Settings) Estimator { return MFDFA{Settings: s} },
		},
	}
	return calibratedTime(methods)
}

// timeVariants are settings of these methods that are calibrated under names of their own.
func timeVariants() []Method {
	return calibratedTime([]Method{
		{Name: "dfa4", New: func(s Settings) Estimator { return DFA{Settings: s, Order: 4} }},
		{Name: "dfa5", New: func(s Settings) Estimator { return DFA{Settings: s, Order: 5} }},
		{Name: "mfdfa2", New: func(s Settings) Estimator { return MFDFA{Settings: s, Order: 2} }},
		{Name: "mfdfa3", New: func(s Settings) Estimator { return MFDFA{Settings: s, Order: 3} }},
	})
}

// calibratedTime fills in what the methods of this family share.
func calibratedTime(methods []Method) []Method {
	for i := range methods {
		methods[i].Family, methods[i].Estimand, methods[i].Calibrated = FamilyTime, Hurst, true
	}
	return methods
}
