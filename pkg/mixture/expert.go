package mixture

// The models whose likelihoods are computed.
const (
	exClean = iota
	exLine
	exParabola
	exShift
	exSine
	exBestSine
	exStrongNoise
	exWeakNoise
	exDeleted
	exDeletedLine
	exDeletedParabola
	exDeletedShift
	exDeletedSine
	exScores
	exScoresLine
	exScoresParabola
	exScoresShift
	exScoresSine
	exHigh
	exFractional
	exFractionalLine
	exFractionalScores
	exAutoregressive
	exMovingAverage
	exWalk
	experts
)

// A Family is a class of processes that a series may be one of.
type Family string

// The families. H of the fractional families is d + 1/2.
const (
	FGN   Family = "fgn"    // fractional Gaussian noise
	FD    Family = "arfima" // ARFIMA(0, d, 0)
	Short Family = "short"  // ARFIMA(1, d, 0) and ARFIMA(0, d, 1): short memory too
	FBM   Family = "fbm"    // fractional Brownian motion
)

// An Expert is a model of a series: a family, and what has been done to the series.
type Expert struct {
	Name   string // such as "deleted+line"
	Family Family
	// Nuisance is what lies over the series, or was done to it: "", "line", "parabola", "shift",
	// "sinusoid", "noise", "deleted", "scores", "high", or two of them joined with a +.
	Nuisance string
	// Comparable says that the expert's integrated likelihood is that of the same numbers as that of
	// "clean", so that their ratio is evidence.
	Comparable bool
}

// Experts returns the experts, in the order of [Reading.Log].
//
// "shift" averages over all places and "sinusoid" over all periods, and the composites have the
// likeliest of each; "best sinusoid" too. "strong noise" is white noise of 0 to 10 dB, "weak noise" of
// 10 to 20 dB below the series. "deleted" is without missing values, outliers and values that were
// interpolated; "scores" takes the normal scores of ranks; "high" leaves out the nine lowest
// frequencies. "fd" stands for ARFIMA(0, d, 0), "ar" for ARFIMA(1, d, 0) with φ from -0.7 to 0.9, "ma"
// for ARFIMA(0, d, 1) with θ from -0.8 to 0.8, and "walk" for fractional Brownian motion with a drift.
func Experts() []Expert {
	return []Expert{
		exClean:            {"clean", FGN, "", true},
		exLine:             {"line", FGN, "line", true},
		exParabola:         {"parabola", FGN, "parabola", true},
		exShift:            {"shift", FGN, "shift", true},
		exSine:             {"sinusoid", FGN, "sinusoid", true},
		exBestSine:         {"best sinusoid", FGN, "sinusoid", false},
		exStrongNoise:      {"strong noise", FGN, "noise", true},
		exWeakNoise:        {"weak noise", FGN, "noise", true},
		exDeleted:          {"deleted", FGN, "deleted", false},
		exDeletedLine:      {"deleted+line", FGN, "deleted+line", false},
		exDeletedParabola:  {"deleted+parabola", FGN, "deleted+parabola", false},
		exDeletedShift:     {"deleted+shift", FGN, "deleted+shift", false},
		exDeletedSine:      {"deleted+sinusoid", FGN, "deleted+sinusoid", false},
		exScores:           {"scores", FGN, "scores", false},
		exScoresLine:       {"scores+line", FGN, "scores+line", false},
		exScoresParabola:   {"scores+parabola", FGN, "scores+parabola", false},
		exScoresShift:      {"scores+shift", FGN, "scores+shift", false},
		exScoresSine:       {"scores+sinusoid", FGN, "scores+sinusoid", false},
		exHigh:             {"high", FGN, "high", false},
		exFractional:       {"fd", FD, "", true},
		exFractionalLine:   {"fd+line", FD, "line", true},
		exFractionalScores: {"fd+scores", FD, "scores", false},
		exAutoregressive:   {"ar", Short, "", true},
		exMovingAverage:    {"ma", Short, "", true},
		exWalk:             {"walk", FBM, "", true},
	}
}

// base returns the expert that another is a variant of, by what was done to the numbers: the two
// likelihoods are of the same numbers.
func base(expert int) int {
	switch {
	case expert >= exDeleted && expert <= exDeletedSine:
		return exDeleted
	case expert >= exScores && expert <= exScoresSine, expert == exFractionalScores:
		return exScores
	case expert == exHigh:
		return exHigh
	}
	return exClean
}
