package kernel

import "math"

// SoftmaxRows replaces each row of g by softmax(scale·row), for a scale above zero. A row of which all
// are -Inf, or any is +Inf or NaN, becomes NaN.
func (s Set) SoftmaxRows(g Grid, scale float32) { s.SoftmaxLogRows(g, scale, nil) }

// SoftmaxLogRows is [Set.SoftmaxRows] and, unless logs is nil, sets logs to log Σ exp(scale·x) of
// each row, from which [Set.SoftmaxAgain] makes the same probabilities without another search for
// maxima and sum (Dao et al., NeurIPS 2022, section 3.1).
func (s Set) SoftmaxLogRows(g Grid, scale float32, logs []float32) {
	g.check("SoftmaxRows", true)
	if logs != nil {
		same("SoftmaxRows", g.Rows, len(logs))
	}
	if g.Cols <= 0 {
		return
	}
	if s.path > Portable {
		vectorSoftmax(s.wide(), first(g.X), first(logs), g.Rows, g.Cols, g.Stride, scale)
		return
	}
	for i := range g.Rows {
		if l := softmaxRow(g.row(i), scale); logs != nil {
			logs[i] = l
		}
	}
}

// softmaxRow replaces x by its softmax and returns log Σ exp(scale·x).
func softmaxRow(x []float32, scale float32) float32 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, float64(scale*v))
	}
	sum := 0.0
	for i, v := range x {
		e := math.Exp(float64(scale*v) - top)
		x[i] = float32(e)
		sum += e
	}
	inverse := float32(1 / sum)
	for i := range x {
		x[i] *= inverse
	}
	return float32(top + math.Log(sum))
}

// SoftmaxAgain replaces each row of g by exp(scale·row - logs): the probabilities of
// [Set.SoftmaxLogRows], to a relative error of about 1e-7 times the largest |scale·x|.
func (s Set) SoftmaxAgain(g Grid, scale float32, logs []float32) {
	g.check("SoftmaxAgain", true)
	same("SoftmaxAgain", g.Rows, len(logs))
	if s.path > Portable {
		vectorSoftmaxAgain(s.wide(), first(g.X), first(logs), g.Rows, g.Cols, g.Stride, scale)
		return
	}
	for i, l := range logs {
		for j, v := range g.row(i) {
			g.row(i)[j] = float32(math.Exp(float64(float32(scale*v) - l)))
		}
	}
}

// SoftmaxBackRows replaces d, the gradient with respect to probabilities y, by the one with respect
// to what they were made of: scale·y·(d - Σ d·y).
func (s Set) SoftmaxBackRows(d, y Grid, scale float32) {
	d.check("SoftmaxBackRows", true)
	y.check("SoftmaxBackRows", false)
	alike("SoftmaxBackRows", d, y)
	if s.path > Portable {
		vectorSoftmaxBack(s.wide(), first(d.X), first(y.X), nil, d.Rows, d.Cols, d.Stride, y.Stride, scale)
		return
	}
	for i := range d.Rows {
		softmaxBackRow(d.row(i), y.row(i), scale, s.Dot(d.row(i), y.row(i)))
	}
}

// SoftmaxBackWith is [Set.SoftmaxBackRows] where Σ d·y of each row is known. In attention it is the
// product of the output and its gradient, so that it needs no whole row.
func (s Set) SoftmaxBackWith(d, y Grid, scale float32, dots []float32) {
	d.check("SoftmaxBackWith", true)
	y.check("SoftmaxBackWith", false)
	alike("SoftmaxBackWith", d, y)
	same("SoftmaxBackWith", d.Rows, len(dots))
	if s.path > Portable {
		vectorSoftmaxBackWith(s.wide(), first(d.X), first(y.X), first(dots), d.Rows, d.Cols, d.Stride, y.Stride, scale)
		return
	}
	for i, dot := range dots {
		softmaxBackRow(d.row(i), y.row(i), scale, dot)
	}
}

func softmaxBackRow(d, y []float32, scale, dot float32) {
	for i, p := range y {
		d[i] = float32(scale*p) * (d[i] - dot)
	}
}
