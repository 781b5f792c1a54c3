package kernel

import "golang.org/x/sys/cpu"

// Best returns the fastest kernels of this processor.
func Best() Set {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA || !x.HasBMI2:
		return Set{Portable}
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL:
		return Set{AVX512}
	}
	return Set{AVX2}
}
