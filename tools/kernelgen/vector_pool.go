package main

// poolKernels writes pools of two rows.
func poolKernels(e *emitter) {
	e.byRow(byRow{
		name: "vectorMaxPool2", arrays: []array{{"dst", 1}, {"x", 2}},
		chains: 2, wide: 4, narrow: 2,
		body: func(row place, _, _ []vec) {
			e.put(e.greatest(e.get(row(1, 0)), e.get(row(1, 1))), row(0, 0))
		}})
	e.byRow(byRow{
		name: "vectorMaxPool2Back", arrays: []array{{"dy", 1}, {"dx", 2}, {"x", 2}},
		chains: 2, wide: 4, narrow: 2,
		body: func(row place, _, _ []vec) {
			d := e.get(row(0, 0))
			second := e.is(greaterThan, e.get(row(2, 1)), e.get(row(2, 0)))
			e.put(e.drop(second, d), row(1, 0))
			e.put(e.keep(second, d), row(1, 1))
		}})
	e.byRow(byRow{
		name: "vectorMax", arrays: []array{{"dst", 1}, {"x", 1}},
		chains: 1, wide: 4, narrow: 4,
		body: func(row place, _, _ []vec) {
			e.put(e.greatest(e.get(row(0, 0)), e.get(row(1, 0))), row(0, 0))
		}})
	e.byRow(byRow{
		name: "vectorNormPool", arrays: []array{{"dst", 1}, {"x", 2}},
		channels: []string{"scale", "shift"}, chains: 2, wide: 4, narrow: 2,
		body: func(row place, channel, _ []vec) {
			a := e.scaled(e.get(row(1, 0)), channel[0], channel[1])
			b := e.scaled(e.get(row(1, 1)), channel[0], channel[1])
			e.put(e.relu(e.greatest(a, b)), row(0, 0))
		}})
	e.byRow(byRow{
		name: "vectorNormPoolBackSums", arrays: []array{{"d", 1}, {"x", 2}},
		channels: []string{"mean", "inv", "scale", "shift"},
		sums:     []string{"sum", "sumx"}, chains: 2, wide: 2, narrow: 1,
		body: func(row place, channel, sum []vec) {
			a, b := e.get(row(1, 0)), e.get(row(1, 1))
			second, live := e.route(a, b, channel[2], channel[3])
			d := e.keep(live, e.get(row(0, 0)))
			e.normSums(d, e.pick(second, b, a), channel[:2], sum)
		}})
	e.byRow(byRow{
		name: "vectorNormPoolBack", arrays: []array{{"d", 1}, {"dx", 2}, {"x", 2}},
		channels: []string{"p", "q", "r", "scale", "shift"},
		chains:   2, wide: 2, narrow: 1,
		body: func(row place, channel, _ []vec) {
			a, b := e.get(row(2, 0)), e.get(row(2, 1))
			second, live := e.route(a, b, channel[3], channel[4])
			d := e.keep(live, e.get(row(0, 0)))
			e.put(e.normBack(e.drop(second, d), a, channel), row(1, 0))
			e.put(e.normBack(e.keep(second, d), b, channel), row(1, 1))
		}})
}

// greatest returns the greater of a and b, and NaN where either is.
func (e *emitter) greatest(a, b vec) vec {
	return e.pick(e.is(unordered, b, b), b, e.greater(b, a))
}

// route tells where the second of two rows is the greater behind their norm, and where the greater
// is positive.
func (e *emitter) route(a, b, scale, shift vec) (second, live truth) {
	za := e.scaled(e.copy(a), scale, shift)
	zb := e.scaled(e.copy(b), scale, shift)
	second = e.is(greaterThan, zb, za)
	return second, e.positive(e.greater(zb, za))
}
