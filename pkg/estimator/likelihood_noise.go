package estimator

import "math"

// mix returns the log likelihood at a node of H of a series that has white noise of share p in it,
//
//	f_p = (1-p) f + p·v,
//
// for the best p, or averaged over p with equal weight. v is the mean of f over all frequencies but
// zero, so that p is a share of the variance that is seen about the series' own mean: near H = 1 that
// is little of the whole, and a small share of the whole would hide all else.
func (l *likelihood) mix(k int) float64 {
	l.mixed = k
	l.noise.forget()
	u, best := l.noise.peak()
	if l.profile {
		return best
	}
	return l.shares.logMean(l.noise, u, best)
}

// mixture returns the log likelihood at a node of the share of white noise. In 1/f = g it is
// 1/f_p = g / (1-p + pvg), and Σ log f_p = Σ log f + Σ log(1-p + pvg).
func (l *likelihood) mixture(i int) float64 {
	row := l.row
	if l.table != nil {
		m := len(l.power)
		row = l.table[l.mixed*m : (l.mixed+1)*m]
	}
	share := l.noise.x(float64(i))
	q, p := 1-share, share*l.seen[l.mixed]
	power, g := l.power[l.skip:], row[l.skip:]
	ratio, logs, product := 0.0, l.logs[l.mixed], 1.0
	for j, I := range power {
		d := q + p*g[j]
		ratio += I * g[j] / d
		product *= d
		if j&7 == 7 {
			logs += math.Log(product)
			product = 1
		}
	}
	logs += math.Log(product)
	logs -= (1 - l.last) * math.Log(q+p*g[len(g)-1])
	return -l.count*math.Log(ratio) - logs
}
