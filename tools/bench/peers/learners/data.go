package main

import (
	"encoding/binary"
	"math"
	"os"

	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/tree"
)

const (
	cols    = 70
	testing = 2000 // rows
)

// data are the exponents of fractional Gaussian noise of 256 points and what the standard features
// make of it, in the first 70 columns: features, then repeats with noise of their size.
func data(stage string, rows int) (tree.Data, error) {
	set, err := feature.Lookup("standard")
	if err != nil {
		return tree.Data{}, err
	}
	const n = 256
	d := tree.Data{X: make([]float64, rows*cols), Y: make([]float64, rows), Rows: rows, Cols: cols}
	extractor, generator := feature.NewExtractor(set), process.NewFGN(n)
	x, f := make([]float64, n), make([]float64, len(set.Names))
	for i := range rows {
		rng := process.Source(1, stage, uint64(i))
		d.Y[i] = 0.1 + 0.8*rng.Float64()
		if err := generator.Generate(x, d.Y[i], rng); err != nil {
			return d, err
		}
		if err := extractor.Extract(f, x); err != nil {
			return d, err
		}
		for k := range cols {
			d.X[i*cols+k] = f[k%len(f)]
			if k >= len(f) {
				d.X[i*cols+k] += rng.NormFloat64()
			}
		}
	}
	return d, nil
}

func write(path string, values []float64) error {
	data := make([]byte, 0, 8*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return os.WriteFile(path, data, 0o644)
}
