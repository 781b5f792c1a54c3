package process

func gaussianKinds() []Kind {
	return []Kind{{
		Name: "fgn", Title: "fractional Gaussian noise",
		Hurst:    "its sums grow like n^H: the autocovariance is (|k+1|^2H - 2|k|^2H + |k-1|^2H)/2",
		MinHurst: MinHurst, MaxHurst: MaxHurst,
		Source: "Mandelbrot and Van Ness 1968; Davies and Harte 1987",
		build:  func(n int, _ Values) (Generator, error) { return NewFGN(n), nil },
	}, {
		Name: "fbm", Title: "fractional Brownian motion", Walk: true,
		Hurst:    "it grows like n^H: its steps are fractional Gaussian noise of H",
		MinHurst: MinHurst, MaxHurst: MaxHurst,
		Source: "Mandelbrot and Van Ness 1968; Davies and Harte 1987",
		build:  func(n int, _ Values) (Generator, error) { return &fbm{NewFGN(n)}, nil },
	}}
}
