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
	}, {
		Name: "arfima", Title: "fractionally integrated autoregressive moving average",
		Hurst:    "d + 1/2: its autocovariance falls like k^(2H-2), and its spectrum at 0 goes like f^(1-2H)",
		MinHurst: MinHurst, MaxHurst: MaxHurst,
		Params: []Param{
			{Name: "ar", Text: "autoregression: each value depends on that many before it, the nearest first",
				Min: -maxCoefficient, Max: maxCoefficient, Most: maxOrder},
			{Name: "ma", Text: "moving average: weights of the shocks before the present one, the nearest first",
				Min: -maxCoefficient, Max: maxCoefficient, Most: maxOrder},
		},
		Source: "Granger and Joyeux 1980; Hosking 1981",
		build: func(n int, v Values) (Generator, error) {
			g, err := newARFIMA(n, v.List("ar"), v.List("ma"))
			if err != nil {
				return nil, err
			}
			return g, nil
		},
	}}
}
