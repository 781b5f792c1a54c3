package onnx

import "github.com/longmemory/hurst/pkg/nn"

// Where ONNX's gates are among a plan's, which are input, forget, cell, output and reset, update, new.
var (
	lstmGates = [...]int{0, 3, 1, 2} // input, output, forget, cell
	gruGates  = [...]int{1, 0, 2}    // update, reset, hidden
)

// recurrent writes a layer in one direction or both. ONNX has its weights (directions, gates × Units,
// in), gate after gate, and two biases behind each other, of which a plan's LSTM has the first alone.
func (g *graph) recurrent(x *value) *value {
	l := g.at.Layer
	op, gates := "LSTM", lstmGates[:]
	settings := []attribute{text("direction", "forward"), integer("hidden_size", l.Units)}
	if l.Kind == nn.GRU {
		op, gates = "GRU", gruGates[:]
		settings = append(settings, integer("linear_before_reset", 1))
	}
	directions := 1
	if l.Both {
		directions, settings[0].s = 2, "bidirectional"
	}
	all := g.add(op, "all", append([]string{g.in(x, steps).name}, g.recurrentWeights(directions, gates)...), settings...)
	// It gives T × directions × N × Units.
	if directions == 1 {
		return whole(g.add("Squeeze", "", []string{all, g.list(1)}), steps)
	}
	turned := g.add("Transpose", "turned", []string{all}, integers("perm", 0, 2, 1, 3))
	return whole(g.add("Reshape", "", []string{turned, g.list(0, 0, 2*l.Units)}), steps)
}

func (g *graph) recurrentWeights(directions int, gates []int) []string {
	in, units := g.at.In.Channels, g.at.Layer.Units
	rows, each := len(gates)*units, len(g.at.Params)/directions
	var weight, recurrent, bias []float32
	for first := 0; first < len(g.at.Params); first += each {
		weight = appendGates(weight, g.weight(first), in, units, gates)
		recurrent = appendGates(recurrent, g.weight(first+1), units, units, gates)
		bias = appendGates(bias, g.weight(first+2), 1, units, gates)
		second := make([]float32, rows)
		if each > 3 {
			second = g.weight(first + 3)
		}
		bias = appendGates(bias, second, 1, units, gates)
	}
	return []string{
		g.floats(g.at.Name+".weight", weight, directions, rows, in),
		g.floats(g.at.Name+".recurrent", recurrent, directions, rows, units),
		g.floats(g.at.Name+".bias", bias, directions, 2*rows),
	}
}

// appendGates appends a matrix of in × gates × units with its gates in another order and turned, so
// that the values that one unit of a gate sums over follow each other.
func appendGates(dst, x []float32, in, units int, gates []int) []float32 {
	for _, gate := range gates {
		for unit := range units {
			for i := range in {
				dst = append(dst, x[(i*len(gates)+gate)*units+unit])
			}
		}
	}
	return dst
}
