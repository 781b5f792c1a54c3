package native

// transpose writes the rows × columns values of x, whose rows begin stride values apart, to dst as
// columns × rows, room values apart.
func transpose(dst []float32, room int, x []float32, stride, rows, columns int) {
	c := 0
	for ; c+4 <= columns; c += 4 {
		transpose4(dst[c*room:], room, x[c:], stride, rows)
	}
	for ; c < columns; c++ {
		row := dst[c*room:][:rows]
		for r := range row {
			row[r] = x[r*stride+c]
		}
	}
}

// transpose4 is transpose of four columns, read together.
func transpose4(dst []float32, room int, x []float32, stride, rows int) {
	a, b, c, d := dst[:rows], dst[room:][:rows], dst[2*room:][:rows], dst[3*room:][:rows]
	for r := range a {
		v := x[r*stride:][:4]
		a[r], b[r], c[r], d[r] = v[0], v[1], v[2], v[3]
	}
}
