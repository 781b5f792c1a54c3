package native

import "slices"

// buffer is memory for one value of each series, or of one series at a time: local ones belong to a
// worker, which overwrites them with the next series; wide ones have a row for each series.
type buffer struct {
	lead, size, trail int // float32 values of a series: zeros before, the values, zeros behind
	wide              bool
	group             int // of the first use
	firstStep         int
	lastStep          int
	firstTime         int // of wide buffers: when their memory is taken
	lastTime          int
	stride            int // from series to series
	offset            int
	// output and sign: a backward pass reads the values that an op left here, or where they are above
	// zero.
	output, sign bool
}

// line is the number of values in a cache line.
const line = 16

func roundUp(n int) int { return (n + line - 1) / line * line }

// pad asks for zeros around the values.
func (b *buffer) pad(lead, trail int) {
	b.lead, b.trail = max(b.lead, lead), max(b.trail, trail)
}

// use notes that a step uses the buffer. Shared: the step sees several series at once.
func (b *buffer) use(step, group, time int, shared bool) {
	if b.group < 0 {
		b.group, b.firstStep, b.firstTime = group, step, time
	}
	b.wide = b.wide || shared || group != b.group
	b.lastStep, b.lastTime = step, time
}

func newBuffer(size int) *buffer { return &buffer{size: size, group: -1} }

// arrange gives buffers their places, so that those in use at one time do not overlap, and returns the
// memory that they take. A wide buffer takes rows strides.
func arrange(buffers []*buffer, wide bool, rows int) int {
	var chosen []*buffer
	for _, b := range buffers {
		if b.group >= 0 && b.wide == wide {
			b.stride = roundUp(b.lead + b.size + b.trail)
			chosen = append(chosen, b)
		}
	}
	first, last := func(b *buffer) int { return b.firstStep }, func(b *buffer) int { return b.lastStep }
	if wide {
		first, last = func(b *buffer) int { return b.firstTime }, func(b *buffer) int { return b.lastTime }
	} else {
		rows = 1
	}
	slices.SortStableFunc(chosen, func(a, b *buffer) int { return first(a) - first(b) })
	var live []*buffer // by offset
	end := 0
	for _, b := range chosen {
		live = slices.DeleteFunc(live, func(o *buffer) bool { return last(o) < first(b) })
		at, free := 0, 0
		for ; at < len(live) && live[at].offset-free < b.stride*rows; at++ {
			free = live[at].offset + live[at].stride*rows
		}
		b.offset = free
		live = slices.Insert(live, at, b)
		end = max(end, free+b.stride*rows)
	}
	return end
}
