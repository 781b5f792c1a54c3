package kernel

import "unsafe"

// transformArgs is a transform for generated code, which knows the fields' places. Strides are in
// bytes. The functions move in and out to the last tile and count tiles down to zero.
type transformArgs struct {
	in              unsafe.Pointer
	inRow, inTile   int
	out             unsafe.Pointer
	outRow, outTile int
	bias            unsafe.Pointer
	floor           float32
	n               int
	last            int // of the n columns, those behind the last full register
	tiles           int
}

// vector computes the transform with vectors.
func (t *transform) vector(path Path, kind winogradKind) bool {
	a := transformArgs{
		in: at(t.in, 0), inRow: t.inRow * bytesOf, inTile: t.inTile * bytesOf,
		out: at(t.out, 0), outRow: t.outRow * bytesOf, outTile: t.outTile * bytesOf,
		floor: t.floor, n: t.n, last: t.n % 16, tiles: t.tiles,
	}
	if t.bias != nil {
		a.bias = at(t.bias, 0)
	}
	if path == AVX512 {
		a.wide(kind)
		return true
	}
	a.last = t.n % 8
	a.narrow(kind)
	return true
}

func (a *transformArgs) wide(kind winogradKind) {
	switch kind {
	case winogradInput:
		winogradInputZ(a)
	case winogradOutput:
		winogradOutputZ(a)
	case winogradPooled:
		winogradPooledZ(a)
	case winogradWeights:
		winogradWeightsZ(a)
	case winogradGradient:
		winogradGradientZ(a)
	case winogradSums:
		winogradSumsZ(a)
	}
}

func (a *transformArgs) narrow(kind winogradKind) {
	switch kind {
	case winogradInput:
		winogradInputY(a)
	case winogradOutput:
		winogradOutputY(a)
	case winogradPooled:
		winogradPooledY(a)
	case winogradWeights:
		winogradWeightsY(a)
	case winogradGradient:
		winogradGradientY(a)
	case winogradSums:
		winogradSumsY(a)
	}
}
