package estimator

func waveletMethods() []Method { return nil }
