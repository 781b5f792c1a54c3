package process

func stableKinds() []Kind {
	params := []Param{{
		Name: "alpha", Text: "stable index: tails fall like x^-alpha; 2 is Gaussian",
		Default: 1.7, Min: 0.6, Max: 2,
	}}
	const hurst = "sums over n points are distributed like n^H times one point, which is symmetric stable " +
		"of scale one (variance 2 for alpha = 2). The memory parameter is d = H - 1/alpha, so that H = 1/alpha " +
		"is independent noise, and what looks at second moments over frequencies or lags sees d + 1/2"
	const source = "Samorodnitsky and Taqqu 1994; Stoev and Taqqu 2004"
	return []Kind{{
		Name: "lfsn", Title: "linear fractional stable noise", Hurst: hurst,
		MinHurst: MinHurst, MaxHurst: MaxHurst, Params: params, Source: source,
		build: func(n int, v Values) (Generator, error) { return newLFSN(n, v), nil },
	}, {
		Name: "lfsm", Title: "linear fractional stable motion", Walk: true,
		Hurst:    "that of its steps, linear fractional stable noise: " + hurst,
		MinHurst: MinHurst, MaxHurst: MaxHurst, Params: params, Source: source,
		build: func(n int, v Values) (Generator, error) { return &lfsm{newLFSN(n, v)}, nil },
	}}
}
