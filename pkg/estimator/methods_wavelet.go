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
	}, {
		Name: "wavelet-whittle", Title: "Local Whittle over wavelet octaves: Haar from octave 2", Family: FamilyWavelet, Estimand: Memory,
		Source: "Moulines, Roueff and Taqqu 2008",
		New:    func(s Settings) Estimator { return WaveletWhittle{Settings: s} },
	}, {
		Name: "wavelet-fgn", Title: "Likelihood of fGn over wavelet octaves: Daubechies 2, blind to a linear trend", Family: FamilyWavelet, Estimand: Hurst,
		Source: "Moulines, Roueff and Taqqu 2008, with the octaves' variances of fGn",
		New:    func(s Settings) Estimator { return WaveletWhittle{Settings: s, Parametric: true} },
	}, {
		Name: "cwt", Title: "Slope of log power of the continuous wavelet transform: Mexican hat", Family: FamilyWavelet, Estimand: Hurst,
		Source: "Simonsen, Hansen and Nes 1998",
		New:    func(s Settings) Estimator { return CWT{Settings: s} },
	}, {
		Name: "leaders", Title: "Growth of the mean log wavelet leader: Daubechies 2", Family: FamilyWavelet, Estimand: Hurst,
		Source: "Jaffard 2004; Wendt and Abry 2007", Calibrated: true,
		New: func(s Settings) Estimator { return Leaders{Settings: s} },
	}}
}
