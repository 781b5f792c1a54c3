package estimator

func likelihoodMethods() []Method {
	return []Method{{
		Name: "whittle", Title: "Whittle's likelihood of fGn", Family: FamilyLikelihood, Estimand: Hurst,
		Source: "Whittle 1953; Beran 1994, ch. 6",
		New:    func(s Settings) Estimator { return Whittle{Settings: s} },
	}}
}
