package estimator

func spectralMethods() []Method { return nil }
