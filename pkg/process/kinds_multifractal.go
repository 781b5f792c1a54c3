package process

func multifractalKinds() []Kind { return nil }
