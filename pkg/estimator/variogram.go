package estimator

// Variogram takes H from the growth of the variogram ½ mean (Y(t+k) - Y(t))², where Y are the running
// sums of the series, between the lags 1 and 2: the fractal dimension 2 - H of a path at its finest
// scale, where theory says that more lags do harm. Noise that is added to the series, or a short
// memory, changes it most of all. The standard error holds under fractional Gaussian noise.
//
// A. G. Constantine, P. Hall, Characterizing surface smoothness via estimation of effective fractal
// dimension, Journal of the Royal Statistical Society B 56 (1994) 97–113; T. Gneiting, H. Ševčíková,
// D. B. Percival, Estimators of fractal dimension, Statistical Science 27 (2012) 247–277.
type Variogram struct {
	Settings
	// Madogram takes the mean absolute increment in place of the mean square, as Gneiting et al.
	// recommend: outliers change it less.
	Madogram bool
}

// Estimate implements [Estimator].
func (v Variogram) Estimate(x []float64) (Estimate, error) { return estimateOne(v, x) }

// Prepare implements [Estimator].
func (v Variogram) Prepare(n int) *Prepared {
	name, label := "variogram", "log2 root of the variogram"
	if v.Madogram {
		name, label = "madogram", "log2 madogram"
	}
	return prepare(n, v.Settings, Hurst, func(n int, level float64) core {
		return newIncrements(n, []int{1, 2}, !v.Madogram, label, newCalibration(name, n, level))
	})
}
