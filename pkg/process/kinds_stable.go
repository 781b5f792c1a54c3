package process

func stableKinds() []Kind { return nil }
