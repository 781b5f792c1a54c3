// Package dataset is what generated series and the features of them are on disk: Parquet shards, a
// row a series, that pandas, DuckDB or R open as they are.
//
// A shard's bytes are a pure function of its rows, for they are stored under their digest: no time,
// one row group, a fixed writer name, no statistics, and plain, uncompressed values. Noise does not
// compress (Snappy saves less than 2 % of a shard), while a compressor's output may differ between
// processors. Readers take this one form only: then a shard cannot grow in memory, where a compressed
// or a dictionary page of a few bytes could stand for any number of values.
package dataset

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/estimator"
)

// Limits of a shard. Encoding holds to them too, so that what is written can be read.
const (
	ShardBytes  = 16 << 20 // what a shard should have, at most
	MaxBytes    = 64 << 20 // what one may have
	MaxRows     = 1 << 20
	MaxValues   = 1 << 24 // points of all series, or cells of all features
	MaxFeatures = 4096
	maxText     = 1024 // bytes of a process or contamination
)

// ErrDamaged is what every error of decoding wraps: the bytes are not a shard, or not any more.
var ErrDamaged = errors.New("damaged shard")

// The classes of series, as estimators name them.
const (
	Noise = estimator.Noise
	Walk  = estimator.Walk
)

// Row is a generated series and what is known of it.
type Row struct {
	Index         uint64  // its place in the whole dataset
	H             float64 // the true Hurst exponent
	Process       string  // as in process.Spec
	Class         string  // "noise", or "walk": H is that of its increments
	N             int     // points; zero when encoding: as many as Values
	Values        []float32
	Contamination string // empty: clean
	Seed          uint64 // of the run that it was generated in
}

// RowsPerShard returns how many series of n points make a shard of about [ShardBytes].
func RowsPerShard(n int) int {
	const others = 64 // bytes of a row besides its values
	return max(1, min(ShardBytes/(4*max(n, 1)+others), 1<<16))
}

// check tells whether a row may be written; i is its place.
func (r Row) check(i int) error {
	switch {
	case len(r.Values) == 0:
		return fmt.Errorf("row %d has no values", i)
	case r.N != 0 && r.N != len(r.Values):
		return fmt.Errorf("row %d says N = %d and has %d values", i, r.N, len(r.Values))
	case !finite(r.H):
		return fmt.Errorf("row %d has H = %v", i, r.H)
	case len(r.Process) > maxText || len(r.Contamination) > maxText:
		return fmt.Errorf("row %d has a process or contamination of more than %d bytes", i, maxText)
	case r.Class != Noise && r.Class != Walk:
		return fmt.Errorf("row %d has the class %.40q: want %s or %s", i, r.Class, Noise, Walk)
	}
	for j, v := range r.Values {
		if !finite(float64(v)) {
			return fmt.Errorf("row %d has the value %v at point %d", i, v, j+1)
		}
	}
	return nil
}

func checkRows(rows []Row) error {
	if len(rows) == 0 || len(rows) > MaxRows {
		return fmt.Errorf("%d rows: want 1 to %d", len(rows), MaxRows)
	}
	total := 0
	for i, r := range rows {
		if err := r.check(i); err != nil {
			return err
		}
		if total += len(r.Values); total > MaxValues {
			return fmt.Errorf("%d rows have more than %d values; write smaller shards (RowsPerShard)", len(rows), MaxValues)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
