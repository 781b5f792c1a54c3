package process

func multifractalKinds() []Kind {
	params := []Param{
		{Name: "lambda2", Text: "intermittency λ²; 0 gives fractional Gaussian noise", Default: 0.02, Min: 0, Max: 0.5},
		{Name: "scale", Text: "integral scale L in points, from 1; 0: the length of the series", Min: 0, Max: MaxLength},
	}
	return []Kind{{
		Name: "mrw", Title: "increments of a multifractal random walk",
		Hurst: "the exponent of the Gaussian noise that is modulated. The autocovariance is fractional " +
			"Gaussian noise's times (|k|+1)^-λ² up to the lag L, so that second moments scale with 2H - λ² " +
			"when H > (1+λ²)/2, and moments of order q with q(H + λ²/2) - λ²q²/2; for H = 1/2 it is white, " +
			"and they scale with q(1/2 + λ²) - λ²q²/2. For H < 1/2 sums over many points grow like their " +
			"square root, as modulated noise is not antipersistent",
		MinHurst: MinHurst, MaxHurst: MaxHurst, Params: params,
		Source: "Bacry, Delour and Muzy 2001; with H other than 1/2, Abry, Chainais, Coutin and Pipiras 2009",
		build:  newMRW,
	}, {
		Name: "mrw-fractional", Title: "increments of a multifractal random walk, filtered",
		Hurst: "the autocovariance is exactly that of fractional Gaussian noise of H; up to the scale L, " +
			"moments of order q of the sums scale with q(H + λ²) - λ²q²/2",
		MinHurst: MinHurst, MaxHurst: MaxHurst, Params: params,
		Source: "Bacry, Delour and Muzy 2001, white, then filtered in the frequency domain",
		build:  newFractionalMRW,
	}}
}
