package native

// memory is a slice that is cut into parts, or, with count set, only counts what they would take.
type memory struct {
	rest  []float32
	count bool
	used  int
}

// take returns the next n values, which begin at a cache line if the memory does.
func (m *memory) take(n int) []float32 {
	room := (n + 15) &^ 15
	m.used += room
	if m.count {
		return nil
	}
	part := m.rest[:n:n]
	m.rest = m.rest[room:]
	return part
}
