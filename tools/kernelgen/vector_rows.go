package main

// rowKernels writes kernels over rows of channels.
func rowKernels(e *emitter) {
	e.byRow(byRow{
		name: "vectorSumRows", arrays: []array{{"x", 1}},
		sums: []string{"sum"}, chains: 4, wide: 4, narrow: 2,
		body: func(row place, _, sum []vec) {
			e.addTo(sum[0], e.get(row(0, 0)))
		}})
	e.byRow(byRow{
		name: "vectorMomentRows", arrays: []array{{"x", 1}},
		sums: []string{"sum", "squares"}, chains: 4, wide: 2, narrow: 1,
		body: func(row place, _, sum []vec) {
			x := e.get(row(0, 0))
			e.addTo(sum[0], x)
			e.fma(sum[1], x, x)
		}})
	e.byRow(byRow{
		name: "vectorAddRow", arrays: []array{{"x", 1}},
		channels: []string{"bias"}, chains: 2, wide: 4, narrow: 4,
		body: func(row place, channel, _ []vec) {
			e.put(e.add(e.get(row(0, 0)), channel[0]), row(0, 0))
		}})
	e.byRow(byRow{
		name: "vectorSpreadRows", arrays: []array{{"d", 1}},
		channels: []string{"grad"}, chains: 2, wide: 4, narrow: 4,
		body: func(row place, channel, _ []vec) { e.put(channel[0], row(0, 0)) }})
	for _, relu := range []bool{false, true} {
		name := map[bool]string{false: "vectorScaleShift", true: "vectorScaleShiftReLU"}[relu]
		e.byRow(byRow{
			name: name, arrays: []array{{"dst", 1}, {"x", 1}},
			channels: []string{"scale", "shift"}, chains: 2, wide: 4, narrow: 4,
			body: func(row place, channel, _ []vec) {
				y := e.scaled(e.get(row(1, 0)), channel[0], channel[1])
				if relu {
					y = e.relu(y)
				}
				e.put(y, row(0, 0))
			}})
	}
	reluRows(e)
	preluRows(e)
}

// scaled returns x·scale + shift.
func (e *emitter) scaled(x, scale, shift vec) vec {
	e.horner(x, scale, shift)
	return x
}

func reluRows(e *emitter) {
	e.byRow(byRow{
		name: "vectorReLUBackSum", arrays: []array{{"d", 1}, {"y", 1}},
		sums: []string{"sum"}, chains: 4, wide: 4, narrow: 1,
		body: func(row place, _, sum []vec) {
			d := e.keep(e.positive(e.get(row(1, 0))), e.get(row(0, 0)))
			e.put(d, row(0, 0))
			e.addTo(sum[0], d)
		}})
	e.byRow(byRow{
		name: "vectorPoolBack", arrays: []array{{"d", 1}, {"y", 1}},
		channels: []string{"grad"}, sums: []string{"sum"}, chains: 4, wide: 2, narrow: 1,
		body: func(row place, channel, sum []vec) {
			d := e.keep(e.positive(e.get(row(1, 0))), channel[0])
			e.put(d, row(0, 0))
			e.addTo(sum[0], d)
		}})
}

func preluRows(e *emitter) {
	e.byRow(byRow{
		name: "vectorPReLU", arrays: []array{{"dst", 1}, {"x", 1}},
		channels: []string{"slope"}, chains: 2, wide: 4, narrow: 4,
		body: func(row place, channel, _ []vec) {
			x := e.get(row(1, 0))
			e.put(e.pick(e.positive(x), x, e.mul(x, channel[0])), row(0, 0))
		}})
	e.byRow(byRow{
		name: "vectorPReLUBack", arrays: []array{{"d", 1}, {"x", 1}},
		channels: []string{"slope"}, sums: []string{"dslope"}, chains: 2, wide: 2, narrow: 1,
		body: func(row place, channel, sum []vec) {
			x, d := e.get(row(1, 0)), e.get(row(0, 0))
			up := e.positive(x)
			e.fma(sum[0], e.drop(up, d), x)
			e.put(e.pick(up, d, e.mul(d, channel[0])), row(0, 0))
		}})
}
