package main

import (
	"context"
	"fmt"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// estimateWindows estimates a series in a moving window, by each method. Whether it is noise or a walk is
// found once, over all of it: a short window tells less, and a series does not go from one to the other.
func (a *app) estimateWindows(ctx context.Context, e estimation, x series.Series, out *estimates) error {
	if e.class == "" {
		if whole, err := (estimator.Whittle{}).Estimate(x.Values); err == nil {
			e.class = whole.Class
		}
	}
	var courses []course
	for _, m := range e.methods {
		windows, err := estimator.Windows(m.New(estimator.Settings{Level: e.level, Class: e.class}), x.Values, e.window, e.step)
		if err != nil {
			if err := out.add(failedEstimate(x, m.Name, err)); err != nil {
				return err
			}
			continue
		}
		c := course{method: m.Name}
		for w := range windows {
			if err := ctx.Err(); err != nil {
				return err
			}
			var v estimateView
			if w.Err != nil {
				v = failedEstimate(x, m.Name, w.Err)
			} else {
				v = newEstimate(x, m.Name, w.Estimate)
				c.add(w)
			}
			v.N, v.From, v.To = e.window, &w.From, &w.To
			if err := out.add(v); err != nil {
				return err
			}
		}
		courses = append(courses, c)
	}
	if e.plot == "" {
		return nil
	}
	return drawCourses(e.plot, fmt.Sprintf("%s, windows of %d points", screen.Clean(x.Name), e.window), courses)
}

// course is how H moves along a series.
type course struct {
	method              string
	at, h, lower, upper []float64
}

func (c *course) add(w estimator.WindowEstimate) {
	c.at = append(c.at, float64(w.From+w.To)/2)
	c.h, c.lower, c.upper = append(c.h, w.Estimate.H), append(c.lower, w.Estimate.Lower), append(c.upper, w.Estimate.Upper)
}
