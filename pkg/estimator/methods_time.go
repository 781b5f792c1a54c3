package estimator

func timeMethods() []Method { return nil }

// timeVariants are the settings of these methods that are calibrated under names of their own.
func timeVariants() []Method { return nil }
