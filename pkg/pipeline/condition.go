package pipeline

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/process"
)

// Condition is one way in which series are made.
type Condition struct {
	Process     process.Spec   `json:"process"`
	Contaminate []process.Spec `json:"contaminate,omitempty"` // in this order
	Share       int            `json:"share"`                 // of the series, in proportion to the other conditions'
}

// ConditionOf returns the index of the condition that series index is made under, and of its
// length. Lengths take turns; when each has had one, the next condition is due, as often as its share says.
func ConditionOf(mix []Condition, lengths []int, index uint64) (condition, length int) {
	n := uint64(len(lengths))
	total := uint64(0)
	for _, c := range mix {
		total += uint64(c.Share)
	}
	turn := index / n % total
	for i, c := range mix {
		if turn < uint64(c.Share) {
			return i, int(index % n)
		}
		turn -= uint64(c.Share)
	}
	panic("pipeline: condition without a share")
}

// fold turns the short form of one condition into a mix of one, and fills in shares.
func (g *Generate) fold() {
	if len(g.Mix) == 0 {
		one := Condition{Process: process.Spec{Kind: "fgn"}, Contaminate: g.Contaminate}
		if g.Process != nil {
			one.Process = *g.Process
		}
		g.Mix = []Condition{one}
		g.Process, g.Contaminate = nil, nil
	}
	for i := range g.Mix {
		if g.Mix[i].Process.Kind == "" {
			g.Mix[i].Process.Kind = "fgn"
		}
		if g.Mix[i].Share == 0 {
			g.Mix[i].Share = 1
		}
	}
}

// mix checks the conditions of a stage that generates series.
func (c *checker) mix(path string, g *Generate) {
	if g.Process != nil || g.Contaminate != nil {
		c.add(path+".mix", nil, "stands beside process or contaminate: name those in the mix")
		return
	}
	for i, one := range g.Mix {
		at := fmt.Sprintf("%s.mix[%d]", path, i)
		if len(g.Mix) == 1 {
			at = path // the short form reads better, and lines of either are found
		}
		kind, err := one.Check()
		if err != nil {
			c.add(at, one.Process.String(), "%s", err)
			continue
		}
		for j, n := range g.Lengths {
			if kind.Walk && n <= minIncrements {
				c.add(fmt.Sprintf("%s.lengths[%d]", path, j), n, "is too short for %s, a walk, whose increments are looked at; allowed: %d or more", kind.Name, minIncrements+1)
			}
		}
	}
}

// Check refuses a condition that names no process or contamination, or wrong parameters of one.
func (c Condition) Check() (process.Kind, error) {
	if c.Share < 1 || c.Share > maxShare {
		return process.Kind{}, fmt.Errorf("share is %d; allowed: 1 to %d", c.Share, maxShare)
	}
	if _, err := contamination.New(c.Contaminate); err != nil {
		return process.Kind{}, err
	}
	return c.Process.Check()
}

const (
	maxShare      = 1000
	minIncrements = 64 // points that features are extracted from, at least
)

// clean returns the process of all series that a spec generates, where they are clean, of one process
// without parameters, and with H in the range that limits are known for; otherwise nothing.
func (s Spec) clean() string {
	name := ""
	for _, stage := range s.Stages {
		g := stage.Generate
		if g == nil {
			continue
		}
		one := len(g.Mix) == 1 && len(g.Mix[0].Contaminate) == 0 && len(g.Mix[0].Process.Params) == 0
		if !one || g.Hurst != (Range{model.LimitMin, model.LimitMax}) || name != "" && name != g.Mix[0].Process.Kind {
			return ""
		}
		name = g.Mix[0].Process.Kind
	}
	return name
}
