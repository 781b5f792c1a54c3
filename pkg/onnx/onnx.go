// Package onnx writes networks as ONNX models, for other programs to run.
//
// A model has one input: "series" of float32, batch × points × channels, or "features", batch ×
// channels; and one output of float32, batch × outputs, named after the network's head: "point",
// "gaussian" or "quantiles". The size of a batch is free, and so is the number of points where the
// network takes series of any length, but all series of a batch have the same. What a network was
// trained on is for the caller to prepare as in training: series standardised, features in their
// order and scale; the model's metadata says so.
//
// Models are of opset 17 and IR version 8, with ONNX's own operations alone. Equal networks give equal
// bytes.
package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// What models are written for: of 2022, the first opset with LayerNormalization. Later ones change
// nothing that is used here but how ReduceMean takes its axes.
const (
	opset     = 17
	irVersion = 8
)

// The names of a model's inputs.
const (
	InputSeries   = "series"
	InputFeatures = "features"
)

// Encode returns a network as an ONNX ModelProto. Its metadata are about and what Encode itself has to
// say, see [KeyInput] and the other keys; about may be nil. It is an error if the weights are not those
// of the plan or not finite, if about holds a key that Encode writes, or text that is not UTF-8.
func Encode(plan *nn.Plan, w nn.Weights, about map[string]string) ([]byte, error) {
	if err := check(plan, w); err != nil {
		return nil, fmt.Errorf("encode ONNX model: %w", err)
	}
	metadata, err := metadataOf(plan, about)
	if err != nil {
		return nil, fmt.Errorf("encode ONNX model: %w", err)
	}
	input, output := inputOf(plan.Spec.Input), outputOf(plan.Spec.Head)
	graph := build(plan, w, input.name, output.name).encode(input, output)

	m := make(message, 0, len(graph)+1024)
	m.number(modelIRVersion, irVersion)
	m.text(modelProducer, "hurst")
	m.text(modelDoc, "A network that estimates long-range dependence. See the metadata for what it reads and answers.")
	m.bytes(modelGraph, graph)
	var version message
	version.number(opsetVersion, opset)
	m.bytes(modelOpset, version)
	for _, e := range metadata {
		m.bytes(modelMetadata, e.encode())
	}
	return m, nil
}

func check(plan *nn.Plan, w nn.Weights) error {
	if plan == nil {
		return errors.New("there is no plan")
	}
	if len(w.Params) != plan.Size || len(w.State) != plan.StateSize {
		return fmt.Errorf("%d weights and %d moments: the plan has %d and %d",
			len(w.Params), len(w.State), plan.Size, plan.StateSize)
	}
	if err := finite(plan.Params, w.Params); err != nil {
		return err
	}
	return finite(plan.State, w.State)
}

func finite(tensors []nn.Param, all []float32) error {
	for _, t := range tensors {
		for i, v := range t.Of(all) {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("value %d of %s is %v: want a finite one", i, t.Name, v)
			}
		}
	}
	return nil
}

func inputOf(in nn.Input) port {
	batch := dim{name: "batch"}
	if !in.Series {
		return port{InputFeatures, inputText(in), []dim{batch, {size: in.Channels}}}
	}
	return port{InputSeries, inputText(in), []dim{batch, {size: in.Length, name: "points"}, {size: in.Channels}}}
}

func outputOf(h nn.Head) port {
	return port{string(h.Kind), outputText(h), []dim{{name: "batch"}, {size: h.Outputs()}}}
}
