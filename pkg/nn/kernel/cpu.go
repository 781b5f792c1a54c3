package kernel

// Best returns the fastest kernels of this processor.
func Best() Set { return Set{Portable} }
