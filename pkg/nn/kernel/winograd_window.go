package kernel

// A window is a series seen as tiles of four points, each with some points around it; points beyond
// the ends are zero.
type window struct {
	x      []float32
	row    int // from point to point
	points int
	values int       // at each point
	first  int       // the first point of tile 0, perhaps negative
	span   int       // the points of a tile
	edge   []float32 // memory for the points of a tile
}

// transform transforms tiles i … i+n-1 to rows of v: row k of tile j is v[(k·n + j)·values].
func (w *window) transform(s Set, kind winogradKind, v []float32, i, n int) {
	t := transform{inRow: w.row, inTile: 4 * w.row, outRow: n * w.values, outTile: w.values, n: w.values}
	low, high := w.inner(i, i+n)
	if low < high {
		t.in, t.out, t.tiles = w.x[(w.first+4*low)*w.row:], v[(low-i)*w.values:], high-low
		t.run(s, kind)
	}
	t.in, t.inRow, t.tiles = w.edge, w.values, 1
	for j := i; j < i+n; j++ {
		if j >= low && j < high {
			continue
		}
		w.fill(w.first + 4*j)
		t.out = v[(j-i)*w.values:]
		t.run(s, kind)
	}
}

// inner returns the tiles from low to high, of i to end, all of whose points are in the series.
func (w *window) inner(i, end int) (low, high int) {
	low = max(i, (3-w.first)/4)
	high = min(end, (w.points-w.span-w.first+4)/4)
	if w.points < w.span+w.first {
		high = 0
	}
	return low, max(low, high)
}

// fill copies the points from t on to the edge, with zeros where there are none.
func (w *window) fill(t int) {
	for k := range w.span {
		e := w.edge[k*w.values:][:w.values]
		if t+k < 0 || t+k >= w.points {
			clear(e)
			continue
		}
		copy(e, w.x[(t+k)*w.row:])
	}
}
