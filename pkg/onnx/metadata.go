package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/longmemory/hurst/pkg/nn"
)

// Keys of a model's metadata that have a meaning here; others are free.
const (
	// KeyInput says for people what the input is and how it is made. A caller that makes inputs in
	// another way may give a text of its own.
	KeyInput = "hurst.input"
	// KeyFeatures are the names of the features that the input holds, in order, separated by commas.
	// Only a caller knows them; there must be as many as the network reads.
	KeyFeatures = "hurst.features"
	// KeyMinPoints is the fewest points of a series, where their number is free. Encode writes it.
	KeyMinPoints = "hurst.min_points"
	// KeyOutputs says for people what the outputs are. Encode writes it.
	KeyOutputs = "hurst.outputs"
	// KeyNetwork is the network's spec in JSON, as [nn.Decode] reads it. Encode writes it.
	KeyNetwork = "hurst.network"
)

// entry is a line of the metadata.
type entry struct{ key, value string }

func (e entry) encode() []byte {
	var m message
	m.text(entryKey, e.key)
	m.text(entryValue, e.value)
	return m
}

// metadataOf returns the metadata in the order of their keys.
func metadataOf(p *nn.Plan, about map[string]string) ([]entry, error) {
	own, err := ownMetadata(p)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(own)
	for _, key := range slices.Sorted(maps.Keys(about)) {
		value := about[key]
		if err := checkEntry(p.Spec.Input, key, value); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
		if _, ok := own[key]; ok && key != KeyInput {
			return nil, fmt.Errorf("metadata: the key %s is written by Encode: leave it out", key)
		}
		all[key] = value
	}
	entries := make([]entry, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		entries = append(entries, entry{key, all[key]})
	}
	return entries, nil
}

// checkEntry checks one of the caller's. Readers of protobuf refuse text that is not UTF-8.
func checkEntry(in nn.Input, key, value string) error {
	if key == "" {
		return errors.New("a key is empty")
	}
	if !utf8.ValidString(key) || !utf8.ValidString(value) {
		return fmt.Errorf("%.40q: %.40q: want UTF-8", key, value)
	}
	if key != KeyFeatures {
		return nil
	}
	if names := strings.Split(value, ","); in.Series || len(names) != in.Channels {
		return fmt.Errorf("%s: %d names, and the network reads %s", key, len(names), reads(in))
	}
	return nil
}

func ownMetadata(p *nn.Plan) (map[string]string, error) {
	spec, err := json.Marshal(p.Spec)
	if err != nil {
		return nil, fmt.Errorf("write the network's spec: %w", err)
	}
	in := p.Spec.Input
	own := map[string]string{KeyInput: inputText(in), KeyOutputs: outputText(p.Spec.Head), KeyNetwork: string(spec)}
	if p.Varies() {
		own[KeyMinPoints] = strconv.Itoa(in.MinLength)
	}
	return own, nil
}

func reads(in nn.Input) string {
	switch {
	case !in.Series:
		return fmt.Sprintf("vectors of %d features", in.Channels)
	case in.Length > 0:
		return fmt.Sprintf("series of %d points of %s", in.Length, values(in.Channels))
	}
	return fmt.Sprintf("series of at least %d points of %s, all of a batch equally long", in.MinLength, values(in.Channels))
}

func values(n int) string {
	if n == 1 {
		return "one value"
	}
	return fmt.Sprintf("%d values", n)
}

func inputText(in nn.Input) string {
	switch {
	case !in.Series:
		return reads(in) + ", each less its mean and divided by its scale as in training"
	case in.Channels == 1:
		return reads(in) + ", each series less its mean and divided by its standard deviation"
	}
	return reads(in) + ", each point's values as in training"
}

func outputText(h nn.Head) string {
	switch h.Kind {
	case nn.Gaussian:
		return "mean, logarithm of the variance"
	case nn.Quantiles:
		levels := make([]string, len(h.Levels))
		for i, p := range h.Levels {
			levels[i] = strconv.FormatFloat(p, 'g', -1, 64)
		}
		return "quantiles " + strings.Join(levels, ", ")
	}
	return "the estimate"
}
