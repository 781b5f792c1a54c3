package feature

import "math"

// logPower returns the logarithm of a mean of squares, without the bias that the logarithm has when
// the mean is over count independent squares of Gaussian values: ψ(count/2) - log(count/2).
func logPower(mean, count float64) float64 {
	if !(mean > 1e-30) {
		mean = 1e-30
	}
	return math.Log(mean) - digamma(count/2) + math.Log(count/2)
}

// digamma is ψ for x > 0: recurrence to where the asymptotic series holds twelve digits.
func digamma(x float64) float64 {
	sum := 0.0
	for x < 10 {
		sum -= 1 / x
		x++
	}
	u := 1 / (x * x)
	return sum + math.Log(x) - 1/(2*x) - u*(1.0/12-u*(1.0/120-u*(1.0/252-u*(1.0/240-u/132))))
}

// shrink moves what was measured from count values towards what the finer scales predict, the more
// the smaller count is: so one feature is about as noisy for a short series as for a long one, and a
// scale that a series is too short for has its predicted value.
func shrink(measured, predicted, count float64) float64 {
	const prior = 3
	return predicted + (measured-predicted)*count/(count+prior)
}
