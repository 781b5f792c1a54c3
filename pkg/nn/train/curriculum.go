package train

import (
	"fmt"
	"math"
	"slices"
)

// Stage is a part of a curriculum: what is learned from until a part of the steps is done.
// Y. Bengio, J. Louradour, R. Collobert, J. Weston, Curriculum learning, ICML 2009.
type Stage struct {
	Until  float64 // between 0 and 1, rising from stage to stage
	Source Source
}

// What a curriculum goes by.
const (
	ByLength        = "length"        // from the long series, which tell more, to all
	ByContamination = "contamination" // from the conditions with the fewest contaminations to all
	ByDistance      = "distance"      // from H near 1/2 to all
)

// CurriculumShare is the part of the steps that the easy stages of [Curriculum] take together.
const CurriculumShare = 0.5

// Curriculum returns easier stages before a recipe: each takes in more of it than the one before, and
// the recipe itself follows, for the other half of the steps. The stages draw from streams of their
// own, so that nothing is seen twice.
func Curriculum(r Recipe, by string, stages int) ([]Stage, error) {
	if stages < 1 || stages > 16 {
		return nil, fmt.Errorf("curriculum: %d stages: want 1 to 16", stages)
	}
	r = r.complete()
	if err := r.check(); err != nil {
		return nil, err
	}
	var all []Stage
	for i := range stages {
		part := float64(i+1) / float64(stages+1)
		easier, err := r.easier(by, part)
		if err != nil {
			return nil, fmt.Errorf("curriculum: %w", err)
		}
		easier.Name = fmt.Sprintf("%s/%s/%d", r.Name, by, i)
		s, err := Fresh(easier)
		if err != nil {
			return nil, fmt.Errorf("curriculum: %w", err)
		}
		all = append(all, Stage{CurriculumShare * float64(i+1) / float64(stages), s})
	}
	return all, nil
}

// easier returns the easiest part of a recipe, at least one condition and length of it.
func (r Recipe) easier(by string, part float64) (Recipe, error) {
	count := func(n int) int { return max(1, int(math.Ceil(part*float64(n)))) }
	switch by {
	case ByLength:
		r.Lengths = slices.Sorted(slices.Values(r.Lengths))
		r.Lengths = r.Lengths[len(r.Lengths)-count(len(r.Lengths)):]
	case ByContamination:
		r.Mix = slices.Clone(r.Mix)
		slices.SortStableFunc(r.Mix, func(a, b Condition) int { return len(a.Contaminate) - len(b.Contaminate) })
		r.Mix = r.Mix[:count(len(r.Mix))]
	case ByDistance:
		near, far := max(0, r.MinHurst-0.5, 0.5-r.MaxHurst), max(0.5-r.MinHurst, r.MaxHurst-0.5)
		if !(near < far) {
			return r, fmt.Errorf("every H is %v from 1/2", near)
		}
		r.Distance = near + float64((far-near)*part)
	default:
		return r, fmt.Errorf("there is none by %.40q: known are %s, %s and %s", by, ByLength, ByContamination, ByDistance)
	}
	return r, nil
}
