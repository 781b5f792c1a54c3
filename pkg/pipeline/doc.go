// Package pipeline is what a run is, as pure values and functions: the spec that a person writes,
// the graph of tasks that it unfolds into as results come in, the run's state, and [Plan], which
// says what must happen next. Nothing here reads a clock, a store or a network; the orchestrator
// does, and calls in.
//
//	Parse    bytes           -> Spec, or every mistake with its path, value and line
//	Unfold   Spec, results   -> Graph: the tasks wanted so far, by stage
//	Plan     Graph, State, what was observed of the attempts -> actions
package pipeline
