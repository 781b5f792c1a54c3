package contamination

import "math"

// quantiler is a symmetric distribution.
type quantiler interface {
	// tail returns P(X > x) and x·f(x), where x = exp(logx) and f is the density.
	tail(logx float64) (p, xf float64)
	// middle returns f(0).
	middle() float64
}

// inverse finds the values of a distribution that are as likely to be exceeded as those of a standard
// normal one. Asked for growing z it is fast, since it starts from the last two solutions.
type inverse struct {
	of         quantiler
	zs, logs   [2]float64 // the last solutions, of z and of log x
	solved     int
	iterations int
}

// at returns the value for z > 0, by Newton's method on the logarithm of the tail as a function of
// log x, a concave function that falls.
func (q *inverse) at(z float64) float64 {
	want := math.Log(math.Erfc(z/math.Sqrt2) / 2)
	logx := q.guess(z)
	for range 60 {
		p, xf := q.of.tail(logx)
		move := (math.Log(p) - want) * p / xf
		logx += max(-1, min(move, 1))
		q.iterations++
		if math.Abs(move) < 1e-13 {
			break
		}
	}
	q.zs, q.logs = [2]float64{q.zs[1], z}, [2]float64{q.logs[1], logx}
	q.solved++
	return math.Exp(logx)
}

func (q *inverse) guess(z float64) float64 {
	if q.solved < 2 || !(q.zs[0] < q.zs[1] && q.zs[1] < z) {
		return math.Log(q.slope() * z)
	}
	return q.logs[1] + (q.logs[1]-q.logs[0])*(math.Log(z/q.zs[1]))/(math.Log(q.zs[1]/q.zs[0]))
}

// slope is how fast the value grows with z at 0.
func (q *inverse) slope() float64 { return 1 / (q.of.middle() * math.Sqrt(2*math.Pi)) }
