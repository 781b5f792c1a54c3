package estimator

func waveletMethods() []Method {
	const veitch = "Veitch and Abry 1999; Percival and Walden 2000"
	return []Method{{
		Name: "wavelet", Title: "Slope of log wavelet energy: Haar, all octaves", Family: FamilyWavelet, Estimand: Hurst, Source: veitch,
		New: func(s Settings) Estimator { return AbryVeitch{Settings: s} },
	}, {
		Name: "wavelet-haar", Title: "Slope of log wavelet energy: Haar from octave 2", Family: FamilyWavelet, Estimand: Hurst, Source: veitch,
		New: func(s Settings) Estimator { return AbryVeitch{Settings: s, Wavelet: "haar", From: 2} },
	}, {
		Name: "wavelet-db2", Title: "Slope of log wavelet energy: Daubechies 2 from octave 2", Family: FamilyWavelet, Estimand: Hurst, Source: veitch,
		New: func(s Settings) Estimator { return AbryVeitch{Settings: s, Wavelet: "db2", From: 2} },
	}, {
		Name: "wavelet-db3", Title: "Slope of log wavelet energy: Daubechies 3, all octaves", Family: FamilyWavelet, Estimand: Hurst, Source: veitch,
		New: func(s Settings) Estimator { return AbryVeitch{Settings: s, Wavelet: "db3"} },
	}, {
		Name: "wavelet-auto", Title: "Slope of log wavelet energy: Haar from where a line fits", Family: FamilyWavelet, Estimand: Hurst,
		Source: "Veitch, Abry and Taqqu 2003",
		New:    func(s Settings) Estimator { return AbryVeitch{Settings: s, From: AutoFrom} },
	}}
}
