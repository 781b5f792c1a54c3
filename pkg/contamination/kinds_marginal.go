package contamination

import "github.com/longmemory/hurst/pkg/process"

func marginalKinds() []Kind {
	return []Kind{{
		Name: "student", Title: "heavy tails: Student t values by Gaussian copula", KeepsH: true, Why: whyMonotone,
		Params: []process.Param{{Name: "df", Text: "degrees of freedom; up to 2 the variance is infinite", Default: 3, Min: 1, Max: 1000}},
		build: func(v process.Values) (step, error) {
			df := v.One("df")
			return &copula{of: func() quantiler { return student{df: df} }}, nil
		},
	}, {
		Name: "stable", Title: "heavy tails: symmetric alpha-stable values by Gaussian copula", KeepsH: true, Why: whyMonotone,
		Params: []process.Param{{Name: "alpha", Text: "index of stability; 2 is Gaussian, and below 2 the variance is infinite", Default: 1.7, Min: 1.1, Max: 2}},
		build: func(v process.Values) (step, error) {
			alpha := v.One("alpha")
			return &copula{of: func() quantiler { return newStable(alpha) }}, nil
		},
	}}
}
