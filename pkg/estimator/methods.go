package estimator

import (
	"fmt"
	"slices"
	"strings"
)

// The families of estimators.
const (
	FamilyTime       = "time"       // how fluctuations grow with scale
	FamilySpectral   = "spectral"   // the spectrum near frequency zero
	FamilyLikelihood = "likelihood" // a parametric model of the whole spectrum or covariance
	FamilyWavelet    = "wavelet"    // the variance of wavelet coefficients over octaves
	FamilyRobust     = "robust"     // likelihoods that trends, outliers or noise do not break
)

// Method is an estimator with a name.
type Method struct {
	Name     string // as in hurst estimate --method
	Title    string
	Family   string
	Estimand string // Hurst or Memory
	Source   string // where it is from
	// Calibrated says that the standard error comes from simulated noise, not from theory; make
	// calibrate writes the table.
	Calibrated bool
	New        func(Settings) Estimator
}

// Methods returns all methods, family by family.
func Methods() []Method {
	return slices.Concat(timeMethods(), spectralMethods(), likelihoodMethods(), waveletMethods(), robustMethods())
}

// Calibrated returns the methods whose standard errors are simulated: those of Methods, and variants
// that only have a name in the table.
func Calibrated() []Method {
	methods := slices.DeleteFunc(Methods(), func(m Method) bool { return !m.Calibrated })
	return append(methods, timeVariants()...)
}

// Lookup returns the method of a name.
func Lookup(name string) (Method, error) {
	var names []string
	for _, m := range Methods() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Method{}, fmt.Errorf("there is no estimator %q; there are: %s", name, strings.Join(names, ", "))
}
