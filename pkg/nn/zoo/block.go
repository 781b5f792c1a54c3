package zoo

import "github.com/longmemory/hurst/pkg/nn"

// join returns the layers of its parts in one list.
func join(parts ...[]nn.Layer) []nn.Layer {
	var all []nn.Layer
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func layer(kinds ...nn.Kind) []nn.Layer {
	var all []nn.Layer
	for _, k := range kinds {
		all = append(all, nn.Layer{Kind: k})
	}
	return all
}

func dense(units int) nn.Layer { return nn.Layer{Kind: nn.Dense, Units: units} }

// same is a convolution that keeps the length, of an odd kernel.
func same(units, kernel int) nn.Layer {
	return nn.Layer{Kind: nn.Conv1D, Units: units, Kernel: kernel, Padding: kernel / 2}
}

func pool(points int) []nn.Layer { return []nn.Layer{{Kind: nn.MaxPool, Kernel: points}} }

// around adds what goes into layers to what comes out; shortcut makes the two of one shape.
func around(layers, shortcut []nn.Layer) []nn.Layer {
	return []nn.Layer{{Kind: nn.Residual, Branches: [][]nn.Layer{layers, shortcut}}}
}

// normed is the reference's hidden part: for each size a dense layer, batch norm, ReLU and dropout;
// with shortcuts, each has a linear one around it.
func normed(sizes []int, dropout []nn.Layer, shortcuts bool) []nn.Layer {
	var all []nn.Layer
	for _, n := range sizes {
		block := join([]nn.Layer{dense(n)}, layer(nn.BatchNorm, nn.ReLU), dropout)
		if shortcuts {
			block = around(block, []nn.Layer{{Kind: nn.Dense, Units: n, NoBias: true}})
		}
		all = append(all, block...)
	}
	return all
}

// plain is for each size a dense layer, an activation and dropout.
func plain(sizes []int, activation nn.Layer, dropout []nn.Layer) []nn.Layer {
	var all []nn.Layer
	for _, n := range sizes {
		all = append(all, join([]nn.Layer{dense(n), activation}, dropout)...)
	}
	return all
}
