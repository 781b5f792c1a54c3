package pipeline

import (
	"fmt"
	"maps"
	"slices"
)

// Status is where a run stands.
//
//	          ┌────────────> succeeded
//	running ──┼────────────> failed ──────┐
//	   ^      └> cancelling > cancelled ──┤
//	   └──────────── resume ──────────────┘
type Status string

// The statuses.
const (
	Running    Status = "running"
	Cancelling Status = "cancelling"
	Succeeded  Status = "succeeded"
	Failed     Status = "failed"
	Cancelled  Status = "cancelled"
)

// Ended tells whether nothing happens any more unless a person asks for it.
func (s Status) Ended() bool { return s == Succeeded || s == Failed || s == Cancelled }

// allowed tells whether a run may move from one status to another.
func allowed(from, to Status) bool {
	switch from {
	case Running:
		return to == Succeeded || to == Failed || to == Cancelling
	case Cancelling:
		return to == Cancelled
	case Failed, Cancelled:
		return to == Running
	}
	return false
}

// State is what is known of a run beyond its spec and the memos: what people decided, and which
// attempt of each task is the current one.
type State struct {
	Run        string              `json:"run"`
	Name       string              `json:"name"`
	SpecDigest Key                 `json:"spec_digest"`
	Status     Status              `json:"status"`
	Error      string              `json:"error,omitempty"`
	Created    int64               `json:"created"`         // unix nanoseconds
	Ended      int64               `json:"ended,omitempty"` // zero: not yet
	Trace      map[string]string   `json:"trace,omitempty"` // W3C trace context of the submission
	Attempts   map[string]Attempt  `json:"attempts,omitempty"`
	Stages     map[string]Span     `json:"stages,omitempty"`
	Decisions  map[string]Decision `json:"decisions,omitempty"` // by deploy stage
	ProofOf    string              `json:"proof_of,omitempty"`  // the run that this one executes again
}

// Attempt is the current attempt at a unit. Units that memos answered have none.
type Attempt struct {
	N         uint32 `json:"n"`                    // 1, 2, …
	Lost      int    `json:"lost,omitempty"`       // attempts whose worker vanished
	LostInput int    `json:"lost_input,omitempty"` // attempts that found an input's bytes gone
	Over      bool   `json:"over,omitempty"`       // this attempt ended without a memo
}

// Span is when a stage began and ended, in unix nanoseconds; zero: not yet.
type Span struct {
	Started int64 `json:"started"`
	Ended   int64 `json:"ended,omitempty"`
}

// Decision is what the deployer said.
type Decision struct {
	Model    string `json:"model"`
	Version  int    `json:"version"`
	Alias    string `json:"alias"`
	Promoted bool   `json:"promoted"`
	Reason   string `json:"reason"`
	Previous int    `json:"previous,omitempty"`
}

// Move changes the run's status; it refuses what the state machine does not allow.
func (s *State) Move(to Status) error {
	if !allowed(s.Status, to) {
		return fmt.Errorf("run %s is %s and cannot become %s", s.Run, s.Status, to)
	}
	s.Status = to
	return nil
}

// Resume sets a failed or cancelled run going again: what was not done gets a new attempt.
func (s *State) Resume() error {
	if err := s.Move(Running); err != nil {
		return err
	}
	s.Error, s.Ended = "", 0
	for path, a := range s.Attempts {
		a.Over, a.Lost, a.LostInput = true, 0, 0
		s.Attempts[path] = a
	}
	return nil
}

// Clone returns a copy that shares nothing with s.
func (s State) Clone() State {
	s.Trace = maps.Clone(s.Trace)
	s.Attempts = maps.Clone(s.Attempts)
	s.Stages = maps.Clone(s.Stages)
	s.Decisions = maps.Clone(s.Decisions)
	return s
}

// Document returns the state as it is stored.
func (s State) Document() []byte { return mustMarshal(s) }

// mark notes when stages began and ended. It tells whether that was news.
func (s *State) mark(g Graph, now int64) bool {
	news := false
	for _, v := range g.Stages {
		span := s.Stages[v.Name]
		before := span
		if span.Started == 0 && len(v.Units) > 0 {
			span.Started = now
		}
		if span.Ended == 0 && v.Complete && v.Kind != KindDeploy {
			span.Ended = now
		}
		if !v.Complete && v.Kind != KindDeploy {
			span.Ended = 0 // a memo was lost: the stage is at work again
		}
		if span != before {
			if s.Stages == nil {
				s.Stages = map[string]Span{}
			}
			s.Stages[v.Name] = span
			news = true
		}
	}
	return news
}

// undecided returns the deploy stages that have no decision yet.
func (s State) undecided(spec Spec) []Stage {
	return slices.DeleteFunc(slices.Clone(spec.Stages), func(stage Stage) bool {
		_, decided := s.Decisions[stage.Name]
		return stage.Deploy == nil || decided
	})
}
