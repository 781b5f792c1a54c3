package zoo

import "github.com/longmemory/hurst/pkg/nn"

// ResNet is that of lrdbenchmark's neural_network_factory: a convolution of 7 points and 64 filters,
// Layers (2) blocks of two convolutions of 3 points with batch norm, each block but the first of
// twice the filters and half the points, and the mean over all points. He et al., CVPR 2016.
func ResNet(o Options) nn.Spec {
	units := or(o.Units, 64)
	layers := join([]nn.Layer{{Kind: nn.Conv1D, Units: units, Kernel: 7, Stride: 2, Padding: 3}}, layer(nn.BatchNorm, nn.ReLU))
	for i := range or(o.Layers, 2) {
		layers = append(layers, residualBlock(units<<i, 1+min(i, 1))...)
	}
	return nn.Spec{
		Input:  o.input(),
		Layers: join(layers, layer(nn.MeanPool), o.dropout(0.2)),
		Head:   o.point(),
	}
}

// residualBlock adds two convolutions to their input; where the stride is 2, to a convolution of 1
// point of it.
func residualBlock(units, stride int) []nn.Layer {
	conv := func(kernel, stride int) nn.Layer {
		return nn.Layer{Kind: nn.Conv1D, Units: units, Kernel: kernel, Stride: stride, Padding: kernel / 2, NoBias: true}
	}
	block := join([]nn.Layer{conv(3, stride)}, layer(nn.BatchNorm, nn.ReLU), []nn.Layer{conv(3, 1)}, layer(nn.BatchNorm))
	var shortcut []nn.Layer
	if stride > 1 {
		shortcut = join([]nn.Layer{conv(1, stride)}, layer(nn.BatchNorm))
	}
	return join(around(block, shortcut), layer(nn.ReLU))
}
