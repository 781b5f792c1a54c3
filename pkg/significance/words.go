package significance

import (
	"fmt"
	"strings"

	"github.com/longmemory/hurst/pkg/estimator"
)

// Summary says what was found in words for a paper: verdict, effect, tests and their p-values.
func (r Result) Summary() string {
	e := r.Estimate
	of := fmt.Sprintf("the series of %d values", e.N)
	if e.Class == estimator.Walk {
		of = fmt.Sprintf("the increments of the series of %d values, which was taken for a walk,", e.N)
	}
	effect := fmt.Sprintf("The local Whittle estimate at the %d lowest frequencies of %s is H = %.2f (%.4g %% interval %.2f to %.2f).",
		r.Bandwidth, of, e.H, 100*e.Level, e.Lower, e.Upper)
	return r.finding() + " " + effect + " " + r.evidence()
}

// finding is the verdict as a sentence.
func (r Result) finding() string {
	switch r.Verdict {
	case Long:
		return "There is long memory that neither short memory nor a linear trend or a level shift explains."
	case Antipersistent:
		return "The series is antipersistent beyond what short memory explains."
	case TrendOrShift:
		return "There is more at low frequencies than one stationary short memory gives, but a trend or level shift may explain it." + r.thrift()
	case Short:
		return "There is memory, but nothing that short memory does not explain." + r.thrift()
	}
	return "There is no sign of memory."
}

// thrift says so when a long memory that could not be claimed is the shorter description.
func (r Result) thrift() string {
	short := r.Hypotheses[r.preferred()].BIC
	if r.Fractional == nil || r.Fractional.BIC >= short {
		return ""
	}
	return fmt.Sprintf(" Fractional noise of H = %.2f describes it with fewer parameters, however (BIC %.0f against %.0f):"+
		" the series is too short to tell them apart.", r.Fractional.H, r.Fractional.BIC, short)
}

// evidence lists the tests.
func (r Result) evidence() string {
	var b strings.Builder
	claim, name := "long memory", func(h Hypothesis) float64 { return h.PLong }
	if r.Verdict == Antipersistent {
		claim, name = "antipersistence", func(h Hypothesis) float64 { return h.PAnti }
	}
	fmt.Fprintf(&b, "Tested for %s against autoregressions of order chosen by BIC, by a parametric bootstrap of %d series:", claim, r.Draws)
	for i, h := range r.Hypotheses {
		fmt.Fprintf(&b, "%s %s, AR(%d), %s", []string{"", ";", ";"}[i], h.Name, h.Order, chance(name(h)))
	}
	vs := r.Hypotheses[asIs].VS
	lags := "lags"
	if vs.Lags == 1 {
		lags = "lag"
	}
	fmt.Fprintf(&b, ". V/S = %.3f with %d %s (%s; asymptotically %s)", vs.Value, vs.Lags, lags, chance(vs.P), chance(vs.PAsymptotic))
	fmt.Fprintf(&b, "; Qu's test of spurious memory W = %.2f (%s)", r.Spurious.W, chance(r.Spurious.P))
	fmt.Fprintf(&b, "; Ljung and Box's Q(%d) = %.1f (%s).", r.White.Lags, r.White.Q, chance(r.White.P))
	return b.String()
}

// chance writes a p-value.
func chance(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", p)
}
