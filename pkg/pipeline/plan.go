package pipeline

import "fmt"

// How often a unit may fail in ways that are not its own fault before the run gives up on it.
const (
	MaxLost      = 5 // workers that vanished while they held it: by then it is likely the cause
	MaxLostInput = 3 // times that an input's bytes were found gone
)

// Fate is what was observed of an attempt that has no memo.
type Fate int

// The fates. Of an attempt that nothing was observed of, the plan assumes that it is alive.
const (
	Alive    Fate = iota // queued or held by a worker
	Lost                 // its worker vanished
	Returned             // its worker is shutting down and handed it back
	Gone                 // its queue entry is gone and no worker holds it, as after Redis was emptied
	Dead                 // it failed for good
)

// Observed is what is known of a unit's attempt.
type Observed struct {
	Attempt   uint32
	Fate      Fate
	Error     string // why it is dead
	LostInput Key    // the input whose bytes are gone, if that is why
}

// Action is something that the orchestrator is to do: one of the types below.
type Action interface{ action() }

// Enqueue puts an attempt at a unit into its queue.
type Enqueue struct {
	Unit    Unit
	Attempt uint32
	Reason  string // why it is not the first; empty: it is
	lost    bool
	input   bool
}

// Forget removes a memo whose artifacts are gone, so that they are computed again. The reader's
// attempt is over.
type Forget struct {
	Unit   Unit   // whose memo it is
	Reader string // path of the unit that found the bytes gone
}

// Promote offers the best model to the deployer.
type Promote struct {
	Stage Stage
}

// Revoke tells workers to stop every attempt of the run.
type Revoke struct{}

// Finish ends the run.
type Finish struct {
	Status Status
	Error  string
}

func (Enqueue) action() {}
func (Forget) action()  {}
func (Promote) action() {}
func (Revoke) action()  {}
func (Finish) action()  {}

// Plan returns what must happen next. It decides from its arguments alone, so that two
// orchestrators, or one that starts again, come to the same actions.
func Plan(spec Spec, g Graph, s State, observed map[string]Observed) []Action {
	switch {
	case s.Status.Ended():
		return nil
	case s.Status == Cancelling:
		return []Action{Revoke{}, Finish{Cancelled, ""}}
	}
	var actions []Action
	for u := range g.Units {
		if u.Result != nil {
			continue
		}
		action, failure := planUnit(g, s, u, observed[u.Path()])
		if failure != "" {
			return []Action{Revoke{}, Finish{Failed, failure}}
		}
		if action != nil {
			actions = append(actions, action)
		}
	}
	if !g.Complete() {
		return actions
	}
	undecided := s.undecided(spec)
	for _, stage := range undecided {
		actions = append(actions, Promote{stage})
	}
	if len(undecided) == 0 {
		actions = append(actions, Finish{Succeeded, ""})
	}
	return actions
}

// planUnit decides about a unit that is not done: an action, or why the run has failed, or neither.
func planUnit(g Graph, s State, u Unit, o Observed) (Action, string) {
	a, tried := s.Attempts[u.Path()]
	switch {
	case !tried:
		return Enqueue{Unit: u, Attempt: 1}, ""
	case a.Over:
		return Enqueue{Unit: u, Attempt: a.N + 1, Reason: "resumed"}, ""
	case o.Attempt != a.N:
		return nil, ""
	}
	switch o.Fate {
	case Returned:
		return Enqueue{Unit: u, Attempt: a.N + 1, Reason: "handed back by a worker that is shutting down"}, ""
	case Gone:
		return Enqueue{Unit: u, Attempt: a.N + 1, Reason: "its queue entry was gone"}, ""
	case Lost:
		if a.Lost+1 >= MaxLost {
			return nil, fmt.Sprintf("task %s is quarantined: %d workers vanished while they held it; look at their logs for the reason", u.Path(), a.Lost+1)
		}
		return Enqueue{Unit: u, Attempt: a.N + 1, Reason: "its worker vanished", lost: true}, ""
	case Dead:
		return planDead(g, a, u, o)
	}
	return nil, ""
}

// planDead decides about a unit that failed for good.
func planDead(g Graph, a Attempt, u Unit, o Observed) (Action, string) {
	if o.LostInput == "" {
		return nil, fmt.Sprintf("task %s: %s", u.Path(), o.Error)
	}
	if a.LostInput+1 >= MaxLostInput {
		return nil, fmt.Sprintf("task %s: %s; it was computed again %d times and lost each time: check the object store", u.Path(), o.Error, a.LostInput)
	}
	if producer, ok := g.producer(o.LostInput); ok {
		return Forget{Unit: producer, Reader: u.Path()}, ""
	}
	// The producer is being computed again already, or its artifact came back meanwhile.
	return Enqueue{Unit: u, Attempt: a.N + 1, Reason: "an input was lost", input: true}, ""
}

// Apply returns the state after the actions, as it must be written before they are performed. now
// is in unix nanoseconds. It tells whether anything changed.
func Apply(s State, g Graph, actions []Action, now int64) (State, bool) {
	s = s.Clone()
	news := s.mark(g, now)
	for _, action := range actions {
		switch a := action.(type) {
		case Enqueue:
			old := s.Attempts[a.Unit.Path()]
			next := Attempt{N: a.Attempt, Lost: old.Lost, LostInput: old.LostInput}
			if a.lost {
				next.Lost++
			}
			if a.input {
				next.LostInput++
			}
			s.setAttempt(a.Unit.Path(), next)
		case Forget:
			reader := s.Attempts[a.Reader]
			reader.Over = true
			reader.LostInput++
			s.setAttempt(a.Reader, reader)
			writer := s.Attempts[a.Unit.Path()]
			writer.Over = true
			s.setAttempt(a.Unit.Path(), writer)
		case Finish:
			s.Status, s.Error, s.Ended = a.Status, a.Error, now
		default:
			continue
		}
		news = true
	}
	return s, news
}

func (s *State) setAttempt(path string, a Attempt) {
	if s.Attempts == nil {
		s.Attempts = map[string]Attempt{}
	}
	s.Attempts[path] = a
}
