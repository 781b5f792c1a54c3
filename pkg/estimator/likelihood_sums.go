package estimator

import "math"

// dot returns Σ a·b, of which the processor runs four sums side by side.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// sumLogs returns Σ log v, with one logarithm for eight values between 1e-38 and 1e38.
func sumLogs(v []float64) float64 {
	sum := 0.0
	for ; len(v) >= 8; v = v[8:] {
		sum += math.Log((v[0] * v[1]) * (v[2] * v[3]) * ((v[4] * v[5]) * (v[6] * v[7])))
	}
	for _, x := range v {
		sum += math.Log(x)
	}
	return sum
}
