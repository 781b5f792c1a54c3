package native

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestArrange holds that buffers in use at one time do not overlap, and that memory is used again.
func TestArrange(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var all []*buffer
		total := 0
		for i := range 60 {
			b := newBuffer(1 + rng.IntN(100))
			b.pad(rng.IntN(5), rng.IntN(5))
			from := rng.IntN(50)
			b.use(from, from, from, true)
			b.use(from+rng.IntN(5), from, from+rng.IntN(5), i%2 == 0)
			all = append(all, b)
			total += 3 * roundUp(b.lead+b.size+b.trail)
		}
		end := arrange(all, true, 3)
		require.Less(t, end, total/2)
		for i, a := range all {
			require.Zero(t, a.offset%line)
			require.Zero(t, a.stride%line)
			require.GreaterOrEqual(t, a.stride, a.lead+a.size+a.trail)
			require.LessOrEqual(t, a.offset+3*a.stride, end)
			for _, b := range all[:i] {
				together := a.firstTime <= b.lastTime && b.firstTime <= a.lastTime
				apart := a.offset+3*a.stride <= b.offset || b.offset+3*b.stride <= a.offset
				require.True(t, !together || apart)
			}
		}
	}
}
