package estimator

func spectralMethods() []Method {
	return []Method{{
		Name: "periodogram", Title: "Slope of the lowest tenth of the log periodogram", Family: FamilySpectral, Estimand: Memory,
		Source: "Taqqu, Teverovsky and Willinger 1995",
		New:    func(s Settings) Estimator { return Periodogram{Settings: s} },
	}, {
		Name: "periodogram-all", Title: "Slope of the whole log periodogram", Family: FamilySpectral, Estimand: Memory,
		Source: "Taqqu, Teverovsky and Willinger 1995",
		New:    func(s Settings) Estimator { return Periodogram{Settings: s, Fraction: 1} },
	}, {
		Name: "gph", Title: "Geweke and Porter-Hudak's log-periodogram regression, n^0.5 frequencies", Family: FamilySpectral, Estimand: Memory,
		Source: "Geweke and Porter-Hudak 1983",
		New:    func(s Settings) Estimator { return GPH{Settings: s} },
	}, {
		Name: "gph-0.7", Title: "Geweke and Porter-Hudak's log-periodogram regression, n^0.7 frequencies", Family: FamilySpectral, Estimand: Memory,
		Source: "Geweke and Porter-Hudak 1983",
		New:    func(s Settings) Estimator { return GPH{Settings: s, Exponent: 0.7} },
	}, {
		Name: "local-whittle", Title: "Local Whittle, n^0.65 frequencies", Family: FamilySpectral, Estimand: Memory,
		Source: "Robinson 1995",
		New:    func(s Settings) Estimator { return LocalWhittle{Settings: s} },
	}, {
		Name: "elw", Title: "Exact local Whittle, n^0.65 frequencies", Family: FamilySpectral, Estimand: Memory,
		Source: "Shimotsu and Phillips 2005; Shimotsu 2010",
		New:    func(s Settings) Estimator { return ExactLocalWhittle{Settings: s} },
	}, {
		Name: "mlw", Title: "Local Whittle modified for level shifts and trends, n^0.7 frequencies", Family: FamilySpectral, Estimand: Memory,
		Source: "Hou and Perron 2014",
		New:    func(s Settings) Estimator { return ModifiedLocalWhittle{Settings: s} },
	}}
}
