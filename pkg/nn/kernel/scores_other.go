//go:build !amd64

package kernel

// vector computes the scores with vectors, if there are any.
func (p *Scores) vector(Path) bool { return false }
