package contamination

import "github.com/longmemory/hurst/pkg/process"

func physiologyPresets() []Preset {
	return []Preset{{
		Name: "physiology-drift", Domain: "physiology", Title: "a sensor's slow drift, with breathing",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("polynomial", "degree", 2.0, "size", 1.5*a),
				with("seasonality", "fraction", 1.0, "size", 0.5*a),
				with("seasonality", "period", 60.0, "size", 0.2*a),
			}
		},
	}, {
		Name: "physiology-motion", Domain: "physiology", Title: "motion of the body",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("bursts", "rate", 0.05, "length", 25.0, "size", 2*a),
				with("pulses", "rate", 0.001, "length", 60.0, "size", 3*a, "down", 0.5),
			}
		},
	}, {
		Name: "physiology-failure", Domain: "physiology", Title: "a sensor that comes loose: held values, gaps and jumps",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("stuck", "rate", share(0.03*a), "length", 20.0),
				with("missing", "rate", share(0.03*a), "length", 15.0),
				with("levels", "rate", 0.003, "size", 0.7*a),
			}
		},
	}}
}

// eegPresets suppose 250 points a second.
func eegPresets() []Preset {
	return []Preset{{
		Name: "eeg-ocular", Domain: "EEG", Title: "blinks of 0.3 s, 15 a minute",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("pulses", "rate", 0.001, "length", 75.0, "size", 4*a)}
		},
	}, {
		Name: "eeg-muscle", Domain: "EEG", Title: "tension of muscles for half a second at a time",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("bursts", "rate", 0.1, "length", 125.0, "size", 1.5*a)}
		},
	}, {
		Name: "eeg-cardiac", Domain: "EEG", Title: "72 heartbeats a minute",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("beats", "period", 208.3, "length", 20.0, "size", 1.5*a)}
		},
	}, {
		Name: "eeg-popping", Domain: "EEG", Title: "an electrode that jumps and returns within a second",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("pops", "rate", 0.001, "length", 100.0, "size", 6*a)}
		},
	}, {
		Name: "eeg-drift", Domain: "EEG", Title: "an electrode's random drift",
		steps: func(a float64) []process.Spec {
			return []process.Spec{with("drift", "size", 1.5*a)}
		},
	}, {
		Name: "eeg-mains", Domain: "EEG", Title: "hum of 60 Hz, and its third harmonic folded back to 70 Hz",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("seasonality", "period", 250.0/60, "size", 0.8*a),
				with("aliasing", "frequency", 180.0/250, "size", 0.2*a),
			}
		},
	}, {
		Name: "eeg-sweat", Domain: "EEG", Title: "slow waves of sweat, below 0.5 Hz",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("seasonality", "period", 600.0, "size", 1*a),
				with("seasonality", "period", 1450.0, "size", 1*a),
			}
		},
	}, {
		Name: "eeg-movement", Domain: "EEG", Title: "movements of the head",
		steps: func(a float64) []process.Spec {
			return []process.Spec{
				with("pulses", "rate", 0.0008, "length", 200.0, "size", 5*a, "down", 0.5),
				with("bursts", "rate", 0.03, "length", 60.0, "size", 2*a),
			}
		},
	}}
}
