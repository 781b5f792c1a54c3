package estimator

func likelihoodMethods() []Method {
	const sykulski = "Sykulski, Olhede, Guillaumin, Lilly, Early 2019"
	return []Method{{
		Name: "whittle", Title: "Whittle's likelihood of fGn", Family: FamilyLikelihood, Estimand: Hurst,
		Source: "Whittle 1953; Beran 1994, ch. 6",
		New:    func(s Settings) Estimator { return Whittle{Settings: s} },
	}, {
		Name: "whittle-arfima", Title: "Whittle's likelihood of ARFIMA(0,d,0)", Family: FamilyLikelihood, Estimand: Memory,
		Source: "Fox, Taqqu 1986; Beran 1994, ch. 6",
		New:    func(s Settings) Estimator { return WhittleARFIMA{Settings: s} },
	}, {
		Name: "whittle-arfima1", Title: "Whittle's likelihood of ARFIMA(1,d,0)", Family: FamilyLikelihood, Estimand: Memory,
		Source: "Fox, Taqqu 1986; Beran 1994, ch. 6",
		New:    func(s Settings) Estimator { return WhittleARFIMA{Settings: s, AR: true} },
	}, {
		Name: "debiased", Title: "Debiased Whittle likelihood of fGn", Family: FamilyLikelihood, Estimand: Hurst,
		Source: sykulski,
		New:    func(s Settings) Estimator { return Debiased{Settings: s} },
	}, {
		Name: "debiased-median", Title: "Debiased Whittle of fGn, posterior median", Family: FamilyLikelihood, Estimand: Hurst,
		Source: sykulski,
		New:    func(s Settings) Estimator { return Posterior{Settings: s} },
	}, {
		Name: "debiased-mean", Title: "Debiased Whittle of fGn, posterior mean", Family: FamilyLikelihood, Estimand: Hurst,
		Source: sykulski,
		New:    func(s Settings) Estimator { return Posterior{Settings: s, Mean: true} },
	}, {
		Name: "debiased-arfima", Title: "Debiased Whittle of ARFIMA(0,d,0), posterior median", Family: FamilyLikelihood, Estimand: Memory,
		Source: sykulski,
		New:    func(s Settings) Estimator { return Posterior{Settings: s, ARFIMA: true} },
	}, {
		Name: "ml", Title: "Exact likelihood of fGn", Family: FamilyLikelihood, Estimand: Hurst,
		Source: "McLeod, Yu, Krougly 2007",
		New:    func(s Settings) Estimator { return ML{Settings: s} },
	}, {
		Name: "ml-arfima", Title: "Exact likelihood of ARFIMA(0,d,0)", Family: FamilyLikelihood, Estimand: Memory,
		Source: "McLeod, Yu, Krougly 2007",
		New:    func(s Settings) Estimator { return ML{Settings: s, ARFIMA: true} },
	}}
}
