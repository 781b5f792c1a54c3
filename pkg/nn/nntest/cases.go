package nntest

import "github.com/longmemory/hurst/pkg/nn"

func vectors() []Case {
	return []Case{
		vector("dense alone", 3, point()),
		vector("dense without bias", 3, point(), nn.Layer{Kind: nn.Dense, Units: 4, NoBias: true}),
		vector("sigmoid head", 3, nn.Head{Kind: nn.Point, Sigmoid: true}, dense(4), layer(nn.Tanh)),
		vector("gaussian head", 3, nn.Head{Kind: nn.Gaussian}, dense(4), layer(nn.Tanh)),
		vector("quantiles head", 3, nn.Head{Kind: nn.Quantiles, Levels: []float64{0.1, 0.5, 0.9}}, dense(4), layer(nn.Tanh)),
		vector("mlp", 7, nn.Head{Kind: nn.Gaussian}, dense(9), layer(nn.BatchNorm), layer(nn.ReLU), drop(0.2),
			dense(5), layer(nn.LayerNorm), layer(nn.GELU)),
		vector("residual of vectors", 4, point(), residual(layers{}, layers{dense(4), layer(nn.Tanh)}), layer(nn.PReLU)),
	}
}

func convolutions() []Case {
	with := func(change func(*nn.Layer)) nn.Layer {
		l := conv(3, 3, 0)
		change(&l)
		return l
	}
	mean := layer(nn.MeanPool)
	return []Case{
		fixed("conv", 2, 9, conv(3, 3, 0), layer(nn.Tanh), mean),
		fixed("conv without bias", 2, 9, with(func(l *nn.Layer) { l.NoBias = true }), layer(nn.Tanh), mean),
		fixed("conv of one point", 2, 5, conv(3, 1, 0), layer(nn.Tanh), mean),
		fixed("conv padded", 2, 9, with(func(l *nn.Layer) { l.Padding = 2 }), layer(nn.Tanh), mean),
		fixed("conv in strides", 2, 10, with(func(l *nn.Layer) { l.Stride, l.Padding = 2, 1 }), layer(nn.Tanh), mean),
		fixed("conv in strides beyond its kernel", 2, 14, with(func(l *nn.Layer) { l.Stride = 4 }), layer(nn.Tanh), mean),
		fixed("conv dilated", 2, 14, with(func(l *nn.Layer) { l.Dilation, l.Padding = 3, 4 }), layer(nn.Tanh), mean),
		fixed("conv dilated in strides", 2, 15, with(func(l *nn.Layer) { l.Dilation, l.Stride, l.Padding = 2, 3, 1 }), layer(nn.Tanh), mean),
		fixed("conv of even kernel", 1, 11, conv(4, 4, 1), layer(nn.Tanh), mean),
		fixed("conv wider than the series", 1, 3, conv(2, 5, 2), layer(nn.Tanh), mean),
		fixed("two convs", 1, 16, conv(4, 3, 1), layer(nn.Tanh), conv(5, 3, 1), layer(nn.Tanh), mean),
		fixed("deep convs in strides", 2, 21, conv(4, 5, 2), layer(nn.Tanh), nn.Layer{Kind: nn.Conv1D, Units: 3, Kernel: 4, Stride: 3, Padding: 1},
			layer(nn.Tanh), nn.Layer{Kind: nn.Conv1D, Units: 4, Kernel: 3, Dilation: 2, Padding: 2}, layer(nn.Tanh), layer(nn.Flatten)),
		varying("conv of any length", 2, 4, []int{7, 4, 11, 5}, conv(3, 3, 1), layer(nn.Tanh), conv(2, 3, 1), layer(nn.Tanh), mean),
		varying("conv in strides of any length", 1, 4, []int{13, 4, 8, 9, 10},
			nn.Layer{Kind: nn.Conv1D, Units: 3, Kernel: 3, Stride: 2, Padding: 1}, layer(nn.Tanh),
			nn.Layer{Kind: nn.Conv1D, Units: 3, Kernel: 3, Dilation: 2, Padding: 2}, layer(nn.Tanh), mean),
	}
}

func pools() []Case {
	lengths := []int{8, 13, 4, 9}
	first, mean := conv(3, 3, 1), layer(nn.MeanPool)
	return []Case{
		fixed("max pool", 2, 10, first, pool(nn.MaxPool, 2, 0), layer(nn.Flatten)),
		fixed("max pool that overlaps", 2, 10, first, pool(nn.MaxPool, 3, 2), layer(nn.Flatten)),
		fixed("max pool with gaps", 2, 11, first, pool(nn.MaxPool, 2, 3), layer(nn.Flatten)),
		fixed("average pool", 2, 11, first, pool(nn.AvgPool, 2, 0), layer(nn.Flatten)),
		fixed("average pool that overlaps", 2, 10, first, pool(nn.AvgPool, 3, 2), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("flatten", 2, 4, layer(nn.Flatten), dense(3), layer(nn.Tanh)),
		fixed("last point", 2, 6, first, layer(nn.Tanh), layer(nn.LastPoint)),
		fixed("attention pool", 2, 7, first, layer(nn.Tanh), layer(nn.AttentionPool)),
		varying("mean pool of any length", 2, 1, lengths, dense(3), layer(nn.Tanh), mean),
		varying("last point of any length", 2, 4, lengths, first, layer(nn.Tanh), layer(nn.LastPoint)),
		varying("attention pool of any length", 2, 4, lengths, first, layer(nn.Tanh), layer(nn.AttentionPool)),
		varying("max pool of any length", 2, 4, lengths, first, pool(nn.MaxPool, 2, 0), conv(2, 3, 1), layer(nn.Tanh), mean),
		varying("average pool of any length", 2, 4, lengths, first, pool(nn.AvgPool, 3, 2), conv(2, 3, 1), layer(nn.Tanh), mean),
	}
}

func pointwise() []Case {
	var all []Case
	for _, k := range []nn.Kind{nn.ReLU, nn.GELU, nn.PReLU, nn.Sigmoid, nn.Tanh, nn.Square, nn.Log} {
		name := string(k)
		all = append(all,
			vector(name+" of vectors", 3, point(), dense(6), layer(k)),
			fixed(name, 2, 6, conv(3, 3, 1), layer(k), layer(nn.Flatten)))
	}
	lengths := []int{9, 5, 12}
	return append(all,
		fixed("dense at each point", 2, 6, dense(4), layer(nn.Tanh), dense(3), layer(nn.Tanh), layer(nn.Flatten)),
		varying("energies", 1, 5, lengths, conv(4, 3, 0), layer(nn.Square), layer(nn.MeanPool), layer(nn.Log), dense(3), layer(nn.Tanh)))
}

func norms() []Case {
	lengths := []int{9, 5, 12, 6}
	return []Case{
		vector("batch norm of vectors", 3, point(), dense(4), layer(nn.BatchNorm), layer(nn.Tanh)),
		vector("layer norm of vectors", 3, point(), dense(4), layer(nn.LayerNorm), layer(nn.Tanh)),
		fixed("batch norm", 2, 7, conv(3, 3, 1), layer(nn.BatchNorm), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("batch norm of the input", 2, 7, layer(nn.BatchNorm), conv(3, 3, 1), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("layer norm", 2, 7, conv(4, 3, 1), layer(nn.LayerNorm), layer(nn.Tanh), layer(nn.Flatten)),
		varying("batch norm of any length", 2, 5, lengths, conv(3, 3, 1), layer(nn.BatchNorm), layer(nn.Tanh), conv(3, 3, 1),
			layer(nn.BatchNorm), layer(nn.GELU), layer(nn.MeanPool)),
		varying("layer norm of any length", 2, 5, lengths, conv(4, 3, 1), layer(nn.LayerNorm), layer(nn.Tanh), conv(2, 3, 1),
			layer(nn.MeanPool)),
	}
}

func dropouts() []Case {
	lengths := []int{9, 5, 12}
	return []Case{
		vector("dropout of vectors", 3, point(), dense(8), drop(0.4), layer(nn.Tanh)),
		fixed("dropout", 2, 7, conv(3, 3, 1), drop(0.3), layer(nn.Tanh), layer(nn.Flatten), drop(0.2)),
		varying("dropout of any length", 2, 5, lengths, conv(3, 3, 1), drop(0.3), conv(3, 3, 1), layer(nn.Tanh), drop(0.3), layer(nn.MeanPool)),
		vector("dropout of nothing", 3, point(), dense(4), drop(0), layer(nn.Tanh)),
	}
}

func joins() []Case {
	lengths := []int{9, 5, 12}
	wide := nn.Layer{Kind: nn.Conv1D, Units: 2, Kernel: 3, Padding: 2, Dilation: 2}
	return []Case{
		fixed("residual", 3, 7, residual(layers{}, layers{conv(3, 3, 1), layer(nn.Tanh), conv(3, 3, 1)}), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("residual with a projection", 2, 9,
			residual(layers{nn.Layer{Kind: nn.Conv1D, Units: 4, Kernel: 1, Stride: 2, NoBias: true}, layer(nn.BatchNorm)},
				layers{nn.Layer{Kind: nn.Conv1D, Units: 4, Kernel: 3, Stride: 2, Padding: 1}, layer(nn.BatchNorm), layer(nn.Tanh), conv(4, 3, 1)}),
			layer(nn.Tanh), layer(nn.MeanPool)),
		fixed("residual of two inputs", 2, 5, residual(layers{}, layers{}), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("parallel", 1, 9, parallel(layers{conv(3, 3, 1)}, layers{wide}, layers{}), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("parallel vectors", 2, 9, conv(3, 3, 1), layer(nn.Tanh), parallel(layers{layer(nn.MeanPool)}, layers{layer(nn.LastPoint)},
			layers{layer(nn.AttentionPool)}), dense(3), layer(nn.Tanh)),
		varying("branches of any length", 1, 5, lengths, parallel(layers{conv(2, 3, 1), layer(nn.Tanh)}, layers{wide}),
			residual(layers{}, layers{conv(4, 3, 1), layer(nn.BatchNorm), layer(nn.Tanh)}), layer(nn.MeanPool)),
		varying("filter bank", 1, 9, []int{17, 9, 12},
			parallel(layers{conv(2, 3, 0), layer(nn.Square), layer(nn.MeanPool), layer(nn.Log)},
				layers{nn.Layer{Kind: nn.Conv1D, Units: 2, Kernel: 3, Dilation: 2}, layer(nn.Square), layer(nn.MeanPool), layer(nn.Log)},
				layers{nn.Layer{Kind: nn.Conv1D, Units: 2, Kernel: 3, Dilation: 4}, layer(nn.Square), layer(nn.MeanPool), layer(nn.Log)}),
			dense(5), layer(nn.GELU)),
	}
}

func attentions() []Case {
	lengths := []int{6, 3, 8}
	block := layers{
		residual(layers{}, layers{layer(nn.LayerNorm), attend(2), drop(0.1)}),
		residual(layers{}, layers{layer(nn.LayerNorm), dense(6), layer(nn.GELU), drop(0.1), dense(4)}),
	}
	learned := nn.Layer{Kind: nn.Position, Learned: true, Length: 7}
	return []Case{
		fixed("attention of one head", 3, 5, attend(1), layer(nn.Flatten)),
		fixed("attention", 4, 5, attend(2), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("attention of one point", 4, 1, attend(2), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("sinusoidal position", 1, 6, dense(3), layer(nn.Position), layer(nn.Tanh), layer(nn.Flatten)),
		fixed("learned position", 1, 6, dense(3), learned, layer(nn.Tanh), layer(nn.Flatten)),
		varying("attention of any length", 4, 3, lengths, attend(2), layer(nn.Tanh), layer(nn.MeanPool)),
		varying("position of any length", 1, 3, lengths, dense(4), layer(nn.Position), layer(nn.Tanh), layer(nn.MeanPool)),
		fixed("transformer block", 1, 6, append(append(layers{dense(4), learned}, block...), layer(nn.MeanPool))...),
		varying("transformer block of any length", 1, 3, lengths,
			append(append(layers{dense(4), layer(nn.Position)}, block...), layer(nn.LayerNorm), layer(nn.AttentionPool))...),
	}
}

func recurrences() []Case {
	lengths := []int{6, 3, 8, 1}
	var all []Case
	for _, k := range []nn.Kind{nn.LSTM, nn.GRU} {
		one, both := nn.Layer{Kind: k, Units: 3}, nn.Layer{Kind: k, Units: 3, Both: true}
		all = append(all,
			fixed(string(k), 2, 5, one, layer(nn.Flatten)),
			fixed(string(k)+" to its last point", 2, 5, one, layer(nn.LastPoint)),
			fixed(string(k)+" in both directions", 2, 5, both, layer(nn.Flatten)),
			fixed(string(k)+" of one point", 2, 1, both, layer(nn.Flatten)),
			fixed(string(k)+" on another", 1, 5, one, drop(0.2), both, layer(nn.MeanPool)),
			varying(string(k)+" of any length", 2, 1, lengths, both, layer(nn.MeanPool)),
			varying(string(k)+" on another, of any length", 1, 1, lengths, both, one, layer(nn.LastPoint)))
	}
	return all
}

func mixtures() []Case {
	block := func(units int) layers {
		return layers{conv(units, 3, 1), layer(nn.BatchNorm), layer(nn.ReLU), pool(nn.MaxPool, 2, 0), drop(0.2)}
	}
	cnn := append(append(block(3), block(4)...), layer(nn.Flatten), dense(6), layer(nn.BatchNorm), layer(nn.ReLU), drop(0.3), dense(3), layer(nn.ReLU))
	bare := append(append(block(3), block(4)...), layer(nn.MeanPool), dense(3), layer(nn.PReLU))
	relu := layers{conv(4, 3, 1), layer(nn.ReLU), pool(nn.MaxPool, 2, 0), conv(3, 3, 1), layer(nn.ReLU), layer(nn.MeanPool)}
	return []Case{
		fixed("cnn", 1, 16, cnn...),
		fixed("cnn with attention", 1, 16, append(append(block(4), attend(2)), layer(nn.AttentionPool))...),
		fixed("cnn without norms", 2, 12, relu...),
		varying("cnn of any length", 1, 8, []int{16, 9, 21, 8}, bare...),
		varying("cnn and lstm", 1, 8, []int{16, 9, 21}, append(block(3), nn.Layer{Kind: nn.LSTM, Units: 2}, layer(nn.LastPoint))...),
	}
}
