package wire

import (
	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// Ref writes a reference for the wire. The zero reference is nil.
func Ref(r artifact.Ref) *workv1.Ref {
	if r == (artifact.Ref{}) {
		return nil
	}
	return &workv1.Ref{Digest: string(r.Digest), Size: r.Size, Type: r.Type}
}

// ToRef reads a reference from the wire; nil is the zero reference.
func ToRef(r *workv1.Ref) artifact.Ref {
	return artifact.Ref{Digest: artifact.Digest(r.GetDigest()), Size: r.GetSize(), Type: r.GetType()}
}

// Task writes a task for the wire.
func Task(t pipeline.Task) *workv1.Task {
	m := &workv1.Task{Kind: t.Kind, Version: t.Version, Params: t.Params, Seed: t.Seed, Salt: t.Salt}
	for _, in := range t.Inputs {
		m.Inputs = append(m.Inputs, &workv1.Input{Name: in.Name, Ref: Ref(in.Ref)})
	}
	return m
}

// ToTask reads a task from the wire.
func ToTask(m *workv1.Task) pipeline.Task {
	t := pipeline.Task{Kind: m.GetKind(), Version: m.GetVersion(), Params: m.GetParams(), Seed: m.GetSeed(), Salt: m.GetSalt()}
	for _, in := range m.GetInputs() {
		t.Inputs = append(t.Inputs, pipeline.Input{Name: in.GetName(), Ref: ToRef(in.GetRef())})
	}
	return t
}
