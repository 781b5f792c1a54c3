// Package graph computes networks as gorgonia expression graphs: an [nn.Engine] whose gradients
// come from gorgonia's symbolic differentiation. It is there to check pkg/nn/native, layer by layer,
// and to take its place where it fails. It takes more of one processor than that: 19 times as much
// for a step of AdaptiveCNN on 32 series of 500 points, 35 times for predictions, and for the filter
// bank 35 and 57 times.
//
// A graph is built for a number of series and of points, and holds sequences as matrices: row
// i·T + t is point t of series i. Shorter series are padded, and masks keep the padding out of
// convolutions, moments, pools and softmax. Of gorgonia it uses matrix products, arithmetic value
// by value, activations, softmax and differentiation, and one operation of its own that copies rows.
//
// What is known to be wrong in gorgonia v0.9.18 is not used: the gradients of Dropout, AveragePool2D
// and GlobalAveragePool2D, batch norm without given parameters, weights shared between machines,
// Rectify, Conv2d and MaxPool2D where two graphs are built at once, and its tape machine, which at
// times writes over a value that is read again.
package graph

import (
	// gorgonia's memory package panics at start on a Go it does not know. The version in go.mod takes
	// any Go whose garbage collector leaves values in place.
	_ "go4.org/unsafe/assume-no-moving-gc"
)
