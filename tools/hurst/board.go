package main

import (
	"encoding/json"
	"fmt"

	"github.com/longmemory/hurst/pkg/pipeline"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// usualLength is the series length at which models are shown when nobody asks for another.
const usualLength = 500

// board reads a run's leaderboard; one that cannot be read is none.
func board(r *pipelinev1.Run) []pipeline.Entry {
	var entries []pipeline.Entry
	if json.Unmarshal(r.GetLeaderboard(), &entries) != nil {
		return nil
	}
	return entries
}

// decision reads what came of a run's deployment.
func decision(r *pipelinev1.Run) (pipeline.Decision, bool) {
	var d pipeline.Decision
	if len(r.GetDecision()) == 0 || json.Unmarshal(r.GetDecision(), &d) != nil {
		return d, false
	}
	return d, true
}

// showBoard prints the leaderboard at a series length; zero: a usual one.
func (a *app) showBoard(r *pipelinev1.Run, length int) {
	entries := board(r)
	if len(entries) == 0 {
		return
	}
	if length == 0 {
		length = commonLength(entries[0].Validation)
	}
	title := "all lengths"
	if length > 0 {
		title = fmt.Sprintf("n = %d", length)
	}
	a.printf("\nleaderboard (mean absolute error of H, %s)\n", title)
	t := screen.NewTable(a.paint, "", "model", ">validation MAE", ">test MAE", ">limit", ">to limit", ">training")
	for i, e := range entries {
		mae, se, ok := e.Validation.At(length)
		if !ok {
			continue
		}
		row := []string{fmt.Sprint(i + 1), e.Model, fmt.Sprintf("%.4f ± %.4f", mae, se), testMAE(e, length), "", "", screen.Seconds(e.Seconds)}
		if limit, ok := limitAt(e.Validation, length); ok {
			row[4], row[5] = fmt.Sprintf("%.4f", limit), fmt.Sprintf("×%.2f", mae/limit)
		}
		t.Row(row...)
	}
	_ = t.Flush(a.out)
}

func testMAE(e pipeline.Entry, length int) string {
	if e.Test == nil {
		return ""
	}
	mae, _, ok := e.Test.At(length)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.4f", mae)
}

// limitAt is the best MAE that is possible at a length.
func limitAt(s pipeline.Score, length int) (float64, bool) {
	for _, l := range s.ByLength {
		if l.Length == length && l.Limit > 0 {
			return l.Limit, true
		}
	}
	return 0, false
}

// commonLength chooses the length at which to show models: the usual one, or one in the middle.
func commonLength(s pipeline.Score) int {
	if len(s.ByLength) == 0 {
		return 0
	}
	for _, l := range s.ByLength {
		if l.Length == usualLength {
			return usualLength
		}
	}
	return s.ByLength[len(s.ByLength)/2].Length
}

// showDecision prints whether a version was promoted, and why.
func (a *app) showDecision(r *pipelinev1.Run) {
	d, ok := decision(r)
	switch {
	case !ok:
	case d.Promoted:
		a.printf("\n%s %s@%d as %s: %s\n", a.paint.Good("promoted"), d.Model, d.Version, d.Alias, screen.Clean(d.Reason))
	default:
		a.printf("\n%s %s@%d: %s\n", a.paint.Warn("not promoted"), d.Model, d.Version, screen.Clean(d.Reason))
	}
}
