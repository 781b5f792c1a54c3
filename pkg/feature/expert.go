package feature

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/estimator"
)

// expert is an estimator whose H is a feature.
type expert struct {
	name string
	estimator.Estimator
}

// experts are the estimators of the set "expert". The series is taken for noise, as models are shown the
// increments of walks.
func experts() []expert {
	s := estimator.Settings{Class: estimator.Noise}
	all := []expert{
		{"arfima_median", estimator.Posterior{Settings: s, ARFIMA: true}},
		{"lag1", estimator.Lag1{Settings: s}},
		{"wavelet_haar", estimator.AbryVeitch{Settings: s, Wavelet: "haar"}},
		{"wavelet_db3", estimator.AbryVeitch{Settings: s, Wavelet: "db3"}},
	}
	for _, exponent := range []float64{0.5, 0.6, 0.7, 0.8} {
		all = append(all,
			expert{fmt.Sprintf("gph_%.1f", exponent), estimator.GPH{Settings: s, Exponent: exponent}},
			expert{fmt.Sprintf("local_whittle_%.1f", exponent), estimator.LocalWhittle{Settings: s, Exponent: exponent}},
		)
	}
	return all
}

// expertPart is the set "expert".
func expertPart() part {
	p := part{
		name: "expert", version: 1, bytes: 4000, frame: newExpertPanel, names: []string{"whittle_median", "whittle_sd"},
		text: "what classical estimators say: the posterior of the debiased Whittle likelihood, GPH and local Whittle at four bandwidths, wavelets, the lag-1 autocorrelation",
	}
	for _, e := range experts() {
		p.names = append(p.names, e.name)
	}
	return p
}

// expertPanel computes the set "expert".
type expertPanel struct {
	median *estimator.Prepared
	others []*estimator.Prepared // empty for a long series
}

// longSeries is the length from which each estimator is made when its turn comes, and then let go:
// together they hold 600 bytes a value.
const longSeries = 1 << 16

func newExpertPanel(n int) frame {
	p := &expertPanel{}
	if n >= longSeries {
		return p
	}
	p.median = whittleMedian().Prepare(n)
	for _, e := range experts() {
		p.others = append(p.others, e.Prepare(n))
	}
	return p
}

func whittleMedian() estimator.Estimator {
	return estimator.Posterior{Settings: estimator.Settings{Class: estimator.Noise}}
}

// silent is the H that stands for an estimator that finds nothing to fit, as when a periodic series has
// no power at any of its frequencies: no estimator's H is negative, so that a model can tell.
const silent = -1

// fill implements frame.
func (p *expertPanel) fill(dst, z, _ []float64) {
	if p.others == nil {
		dst[0], dst[1] = say(whittleMedian().Prepare(len(z)), z)
		for i, e := range experts() {
			dst[2+i], _ = say(e.Prepare(len(z)), z)
		}
		return
	}
	dst[0], dst[1] = say(p.median, z)
	for i, other := range p.others {
		dst[2+i], _ = say(other, z)
	}
}

// say returns what an estimator says of a series.
func say(p *estimator.Prepared, z []float64) (h, se float64) {
	e, err := p.Estimate(z)
	if err != nil {
		return silent, silent
	}
	return e.H, e.SE
}
