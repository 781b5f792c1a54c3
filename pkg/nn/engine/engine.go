// Package engine chooses what computes networks: the first engine of a list of preferences that
// proves, on a small network whose outputs and gradient are known, that it works on this machine.
// When an engine fails later, in the middle of its work, the next one takes over, and why is kept.
package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/nn"
)

// The names of the engines.
const (
	CUDA     = "cuda"     // NVIDIA GPUs
	Native   = "native"   // this project's own, on the CPU
	Gorgonia = "gorgonia" // expression graphs: slow, and independent of the others
)

// Auto stands for [Priority] where an engine can be named.
const Auto = "auto"

// Priority returns the order of preference that holds where nothing is said.
func Priority() []string { return []string{CUDA, Native, Gorgonia} }

// Check tells what is wrong with an order of preference: it names at least one engine, each once,
// and only those of [Priority].
func Check(priority []string) error {
	if len(priority) == 0 {
		return fmt.Errorf("no engine is named; there are %s", strings.Join(Priority(), ", "))
	}
	for i, name := range priority {
		if !slices.Contains(Priority(), name) {
			return fmt.Errorf("there is no engine %.40q; there are %s", name, strings.Join(Priority(), ", "))
		}
		if slices.Contains(priority[:i], name) {
			return fmt.Errorf("the engine %s is named twice", name)
		}
	}
	return nil
}

// Candidate is an engine that may work on this machine.
type Candidate struct {
	Name string
	// Open returns the engine, or why there is none: it is not built in, or lacks a device.
	Open func() (nn.Engine, error)
}

// List is candidates in the order of preference.
type List []Candidate

// Tried is an engine that was looked at, and why it was passed over; empty: it was taken.
type Tried struct {
	Engine string `json:"engine"`
	Reason string `json:"reason,omitempty"`
}

// Of returns the candidates named, in that order; none, or "auto" alone, means [Priority].
func Of(priority ...string) (List, error) {
	if len(priority) == 0 || len(priority) == 1 && priority[0] == Auto {
		priority = Priority()
	}
	if err := Check(priority); err != nil {
		return nil, err
	}
	var list List
	for _, name := range priority {
		i := slices.IndexFunc(known(), func(c Candidate) bool { return c.Name == name })
		list = append(list, known()[i])
	}
	return list, nil
}

// Choose returns the first engine of an order of preference that works, and all that were looked at
// until then; nil where none works.
func Choose(priority []string) (nn.Engine, []Tried) {
	list, err := Of(priority...)
	if err != nil {
		return nil, []Tried{{Engine: strings.Join(priority, ", "), Reason: err.Error()}}
	}
	return list.Choose()
}

// Choose returns the first candidate that works, as an engine whose panics are errors (see
// [Failure]), and all that were looked at; nil where none works.
func (l List) Choose() (nn.Engine, []Tried) {
	var tried []Tried
	for _, c := range l {
		e, err := c.Probe()
		if err == nil {
			return e, append(tried, Tried{Engine: c.Name})
		}
		tried = append(tried, Tried{c.Name, err.Error()})
	}
	return nil, tried
}

// ErrNone is what [List.Do] wraps when no engine is left.
var ErrNone = errors.New("no engine works on this machine")

// Do calls f with the first engine that works. If f returns a [Failure] of that engine, it is called
// again with the next, from the beginning. It returns the name of the engine that f ended with, those
// that failed before it where that was in the middle of f, and f's error.
func (l List) Do(f func(nn.Engine) error) (name string, failed []Tried, err error) {
	var reasons []string
	for _, c := range l {
		e, err := c.Probe()
		if err != nil {
			reasons = append(reasons, c.Name+": "+err.Error())
			continue
		}
		err = f(e)
		var failure *Failure
		if !errors.As(err, &failure) {
			return c.Name, failed, err
		}
		failed = append(failed, Tried{c.Name, failure.Err.Error()})
		reasons = append(reasons, c.Name+": "+failure.Err.Error())
	}
	return "", failed, fmt.Errorf("%w: %s", ErrNone, strings.Join(reasons, "; "))
}

// Probe opens a candidate and tells whether it computes what it should.
func (c Candidate) Probe() (nn.Engine, error) {
	e, err := c.open()
	if err != nil {
		return nil, err
	}
	g := guarded{c.Name, e}
	if err := probe(g); err != nil {
		return nil, err
	}
	return g, nil
}

func (c Candidate) open() (e nn.Engine, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c.Open()
}
