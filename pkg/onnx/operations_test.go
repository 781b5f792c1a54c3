package onnx_test

import (
	"math"
	"slices"
)

// parts splits dimensions at an axis: those before it, its size, and those behind.
func parts(dims []int, axis int) (outer, n, inner int) {
	if axis < 0 {
		axis += len(dims)
	}
	return size(dims[:axis]), dims[axis], size(dims[axis+1:])
}

// broadcast aligns the dimensions of two tensors at their ends and repeats those of size one.
func broadcast(x, y tensor, f func(a, b float64) float64) tensor {
	rank := max(len(x.dims), len(y.dims))
	pad := func(dims []int) []int { return append(slices.Repeat([]int{1}, rank-len(dims)), dims...) }
	a, b := pad(x.dims), pad(y.dims)
	z := tensor{kind: x.kind, dims: make([]int, rank)}
	for i := range rank {
		if a[i] != b[i] && a[i] != 1 && b[i] != 1 {
			panic("tensors that cannot be broadcast")
		}
		z.dims[i] = max(a[i], b[i])
	}
	z.data = make([]float64, size(z.dims))
	for i := range z.data {
		at := [2]int{}
		rest, strides := i, [2]int{1, 1}
		for d := rank - 1; d >= 0; d-- {
			index := rest % z.dims[d]
			rest /= z.dims[d]
			for k, dims := range [2][]int{a, b} {
				at[k] += min(index, dims[d]-1) * strides[k]
				strides[k] *= dims[d]
			}
		}
		z.data[i] = f(x.data[at[0]], y.data[at[1]])
	}
	return z
}

// product multiplies the matrices in the last two dimensions; y may be one matrix for all of x.
func product(x, y tensor) tensor {
	rank, last := len(x.dims), len(y.dims)
	M, K, N := x.dims[rank-2], x.dims[rank-1], y.dims[last-1]
	if y.dims[last-2] != K || last > 2 && !slices.Equal(x.dims[:rank-2], y.dims[:last-2]) {
		panic("matrices that do not fit")
	}
	z := tensor{kind: x.kind, dims: append(slices.Clone(x.dims[:rank-1]), N)}
	z.data = make([]float64, size(z.dims))
	for batch := range size(x.dims[:rank-2]) {
		a, b, c := x.data[batch*M*K:], y.data, z.data[batch*M*N:]
		if last > 2 {
			b = b[batch*K*N:]
		}
		for i := range M {
			for k := range K {
				for j := range N {
					c[i*N+j] += a[i*K+k] * b[k*N+j]
				}
			}
		}
	}
	return z
}

func transpose(x tensor, perm []int) tensor {
	y := tensor{kind: x.kind, dims: make([]int, len(perm)), data: make([]float64, len(x.data))}
	for i, from := range perm {
		y.dims[i] = x.dims[from]
	}
	for i := range y.data {
		rest, at := i, 0
		for d := len(perm) - 1; d >= 0; d-- {
			at += rest % y.dims[d] * size(x.dims[perm[d]+1:])
			rest /= y.dims[d]
		}
		y.data[i] = x.data[at]
	}
	return y
}

func reduce(x tensor, axis int, mean bool) tensor {
	outer, n, inner := parts(x.dims, axis)
	y := tensor{x.kind, slices.Delete(slices.Clone(x.dims), axis, axis+1), make([]float64, outer*inner)}
	for i, v := range x.data {
		y.data[i/(n*inner)*inner+i%inner] += v
	}
	for i := range y.data {
		if mean {
			y.data[i] /= float64(n)
		}
	}
	return y
}

func gather(x tensor, axis, index int) tensor {
	outer, n, inner := parts(x.dims, axis)
	y := tensor{kind: x.kind, dims: slices.Delete(slices.Clone(x.dims), axis, axis+1)}
	for i := range outer {
		y.data = append(y.data, x.data[(i*n+(index+n)%n)*inner:][:inner]...)
	}
	return y
}

func concat(in []tensor, axis int) tensor {
	y := tensor{kind: in[0].kind, dims: slices.Clone(in[0].dims)}
	y.dims[axis] = 0
	for _, x := range in {
		y.dims[axis] += x.dims[axis]
	}
	for i := range size(y.dims[:axis]) {
		for _, x := range in {
			_, n, inner := parts(x.dims, axis)
			y.data = append(y.data, x.data[i*n*inner:][:n*inner]...)
		}
	}
	return y
}

func (n node) split(x tensor) []tensor {
	axis, count := n.integers["axis"], len(n.outputs)
	outer, all, inner := parts(x.dims, axis)
	out := make([]tensor, count)
	for k := range out {
		dims := slices.Clone(x.dims)
		dims[axis] = all / count
		out[k] = tensor{kind: x.kind, dims: dims}
		for i := range outer {
			out[k].data = append(out[k].data, x.data[(i*count+k)*all/count*inner:][:all/count*inner]...)
		}
	}
	return out
}

func (n node) softmax(x tensor) tensor {
	outer, count, inner := parts(x.dims, n.integers["axis"])
	y := tensor{x.kind, x.dims, make([]float64, len(x.data))}
	for i := range outer * inner {
		first, sum := i/inner*count*inner+i%inner, 0.0
		for k := range count {
			sum += math.Exp(x.data[first+k*inner])
		}
		for k := range count {
			y.data[first+k*inner] = math.Exp(x.data[first+k*inner]) / sum
		}
	}
	return y
}

func (n node) batchNorm(in []tensor) tensor {
	x := in[0]
	_, count, inner := parts(x.dims, 1)
	y := tensor{x.kind, x.dims, make([]float64, len(x.data))}
	for i, v := range x.data {
		c := i / inner % count
		y.data[i] = (v-in[3].data[c])/math.Sqrt(in[4].data[c]+n.floats["epsilon"])*in[1].data[c] + in[2].data[c]
	}
	return y
}

func (n node) layerNorm(in []tensor) tensor {
	x := in[0]
	_, count, _ := parts(x.dims, n.integers["axis"])
	y := tensor{x.kind, x.dims, make([]float64, len(x.data))}
	for from := 0; from < len(x.data); from += count {
		mean, variance := 0.0, 0.0
		for _, v := range x.data[from:][:count] {
			mean += v / float64(count)
		}
		for _, v := range x.data[from:][:count] {
			variance += (v - mean) * (v - mean) / float64(count)
		}
		for i, v := range x.data[from:][:count] {
			y.data[from+i] = (v-mean)/math.Sqrt(variance+n.floats["epsilon"])*in[1].data[i] + in[2].data[i]
		}
	}
	return y
}

// conv has inputs N × in × T and filters units × in × kernel.
func (n node) conv(in []tensor) tensor {
	x, w := in[0], in[1]
	N, C, T, units, kernel := x.dims[0], x.dims[1], x.dims[2], w.dims[0], w.dims[2]
	stride, pad, dilation := n.lists["strides"][0], n.lists["pads"], n.lists["dilations"][0]
	out := (T+pad[0]+pad[1]-dilation*(kernel-1)-1)/stride + 1
	y := tensor{x.kind, []int{N, units, out}, make([]float64, N*units*out)}
	for i := range y.data {
		row, unit, at := i/(units*out), i/out%units, i%out*stride-pad[0]
		if len(in) > 2 {
			y.data[i] = in[2].data[unit]
		}
		for c := range C {
			for k := range kernel {
				if t := at + k*dilation; t >= 0 && t < T {
					y.data[i] += w.data[(unit*C+c)*kernel+k] * x.data[(row*C+c)*T+t]
				}
			}
		}
	}
	return y
}

func (n node) pool(x tensor) tensor {
	T, kernel, stride := x.dims[2], n.lists["kernel_shape"][0], n.lists["strides"][0]
	out := (T-kernel)/stride + 1
	y := tensor{kind: x.kind, dims: []int{x.dims[0], x.dims[1], out}}
	for row := range x.dims[0] * x.dims[1] {
		for i := range out {
			window := x.data[row*T+i*stride:][:kernel]
			v := slices.Max(window)
			if n.op == "AveragePool" {
				v = 0
				for _, p := range window {
					v += p / float64(kernel)
				}
			}
			y.data = append(y.data, v)
		}
	}
	return y
}
