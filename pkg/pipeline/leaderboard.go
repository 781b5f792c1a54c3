package pipeline

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/search"
)

// Entry is a model on the leaderboard.
type Entry struct {
	Model      string        `json:"model"` // unit that trained it
	Kind       string        `json:"kind"`
	Params     search.Params `json:"params"`
	Validation Score         `json:"validation"`
	Test       *Score        `json:"test,omitempty"`
	Seconds    float64       `json:"seconds"` // of training
	Engine     string        `json:"engine,omitempty"`
	Bundle     artifact.Ref  `json:"bundle"`
	Report     artifact.Ref  `json:"report,omitzero"`
}

// Leaderboard returns the trained models of a graph, best validation MAE first; equal ones by name.
// length says at which series length; zero: all.
func Leaderboard(g Graph, length int) []Entry {
	var board []Entry
	for _, v := range g.Stages {
		if v.Kind != KindTrain {
			continue
		}
		for _, u := range v.Units {
			if e, ok := entry(u); ok {
				board = append(board, e)
			}
		}
	}
	for i := range board {
		addTest(g, &board[i])
	}
	slices.SortFunc(board, func(a, b Entry) int {
		x, _, _ := a.Validation.At(length)
		y, _, _ := b.Validation.At(length)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Model, b.Model))
	})
	return board
}

func entry(u Unit) (Entry, bool) {
	if u.Result == nil {
		return Entry{}, false
	}
	value, err := decode[TrainValue](*u.Result)
	bundle, ok := u.Result.Output(OutputBundle)
	if err != nil || !ok {
		return Entry{}, false
	}
	return Entry{
		Model:      u.Name,
		Kind:       value.Model,
		Params:     value.Params,
		Validation: value.Validation,
		Seconds:    u.Result.Seconds,
		Engine:     u.Result.Engine,
		Bundle:     bundle,
	}, true
}

// addTest adds the test score of the entry's model, when it has been evaluated.
func addTest(g Graph, e *Entry) {
	for _, v := range g.Stages {
		if v.Kind != KindEvaluate {
			continue
		}
		for _, u := range v.Units {
			if u.Result == nil || len(u.Task.Inputs) == 0 || u.Task.Inputs[0].Ref.Digest != e.Bundle.Digest {
				continue
			}
			var value EvaluateValue
			if json.Unmarshal(u.Result.Value, &value) == nil {
				e.Test = &value.Test
				e.Report, _ = u.Result.Output(OutputReport)
			}
		}
	}
}

// Best returns the model that a deploy stage offers: the best at the gate's length.
func Best(g Graph, d Deploy) (Entry, bool) {
	board := Leaderboard(g, d.Gate.Length)
	if len(board) == 0 {
		return Entry{}, false
	}
	return board[0], true
}
