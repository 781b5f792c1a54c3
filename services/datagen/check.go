package datagen

import (
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
)

// check refuses what cannot be generated, before any memory is taken for it.
func check(p pipeline.GenerateParams) error {
	switch {
	case len(p.Mix) == 0:
		return fault.New(fault.Invalid, "no process is given")
	case len(p.Lengths) == 0:
		return fault.New(fault.Invalid, "no length of series is given")
	case p.First < 0 || p.Count < 1 || p.Count > dataset.MaxRows:
		return fault.New(fault.Invalid, "a shard of %d series from index %d; allowed are 1 to %d, from 0", p.Count, p.First, dataset.MaxRows)
	}
	for _, n := range p.Lengths {
		if n < process.MinLength || n > process.MaxLength {
			return fault.New(fault.Invalid, "series of %d points; allowed are %d to %d", n, process.MinLength, process.MaxLength)
		}
	}
	for _, c := range p.Mix {
		if _, err := c.Check(); err != nil {
			return fault.With(fault.Invalid, err)
		}
	}
	values := 0
	for i := range p.Count {
		_, l := pipeline.ConditionOf(p.Mix, p.Lengths, uint64(p.First+i))
		values += p.Lengths[l]
	}
	if values > dataset.MaxValues {
		return fault.New(fault.Invalid, "%d series have %d points together, and a shard at most %d: make shards of fewer series", p.Count, values, dataset.MaxValues)
	}
	return nil
}
