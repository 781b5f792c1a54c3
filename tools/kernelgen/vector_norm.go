package main

// normKernels writes batch norm's backward passes.
func normKernels(e *emitter) {
	for _, relu := range []bool{false, true} {
		name, arrays := "vectorNormBackSums", []array{{"d", 1}, {"x", 1}}
		if relu {
			name, arrays = "vectorNormReLUBackSums", append(arrays, array{"y", 1})
		}
		e.byRow(byRow{
			name: name, arrays: arrays,
			channels: []string{"mean", "inv"}, sums: []string{"sum", "sumx"}, chains: 2, wide: 4, narrow: 1,
			body: func(row place, channel, sum []vec) {
				d := e.get(row(0, 0))
				if relu {
					d = e.keep(e.positive(e.get(row(2, 0))), d)
					e.put(d, row(0, 0))
				}
				e.normSums(d, e.get(row(1, 0)), channel, sum)
			}})
	}
	e.byRow(byRow{
		name: "vectorNormBack", arrays: []array{{"d", 1}, {"x", 1}},
		channels: []string{"p", "q", "r"}, chains: 2, wide: 4, narrow: 2,
		body: func(row place, channel, _ []vec) {
			d := e.get(row(0, 0))
			e.put(e.normBack(d, e.get(row(1, 0)), channel), row(0, 0))
		}})
}

// normSums adds d and d·(x-mean)·inv to sums.
func (e *emitter) normSums(d, x vec, channel, sum []vec) {
	e.addTo(sum[0], d)
	e.fma(sum[1], d, e.mul(e.sub(x, channel[0]), channel[1]))
}

// normBack returns p·d + q·x + r.
func (e *emitter) normBack(d, x vec, pqr []vec) vec {
	e.horner(x, pqr[1], pqr[2])
	e.horner(d, pqr[0], x)
	return d
}
