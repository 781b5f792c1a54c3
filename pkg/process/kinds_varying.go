package process

func varyingKinds() []Kind { return nil }
