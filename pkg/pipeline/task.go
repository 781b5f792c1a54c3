package pipeline

import (
	"bytes"
	"encoding/binary"
	"encoding/json"

	"github.com/longmemory/hurst/pkg/artifact"
)

// VersionOf returns the version of the code that performs a kind of task. Whoever changes what a
// kind computes raises its number, and with it every key: old memos are then no answer any more.
func VersionOf(kind string) uint32 {
	switch kind {
	case KindGenerate, KindTrain, KindEvaluate:
		return 3
	case KindExtract:
		return 2
	case KindTune, KindNoop:
		return 1
	}
	panic("pipeline: no task is of kind " + kind)
}

// Queues of asynq, one for each kind of worker.
const (
	QueueDatagen  = "datagen"
	QueueFeatures = "features"
	QueueTrain    = "train"
	QueueTune     = "tune"
)

// QueueOf returns the queue whose workers perform tasks of a kind.
func QueueOf(kind string) string {
	switch kind {
	case KindExtract:
		return QueueFeatures
	case KindTune:
		return QueueTune
	case KindTrain, KindEvaluate:
		return QueueTrain
	}
	return QueueDatagen
}

// Task is a pure function and its arguments.
type Task struct {
	Kind    string          `json:"kind"`
	Version uint32          `json:"version"`
	Params  json.RawMessage `json:"params"` // canonical
	Inputs  []Input         `json:"inputs,omitempty"`
	Seed    uint64          `json:"seed"`
	Salt    string          `json:"salt,omitempty"`
}

// Input is an artifact that a task reads.
type Input struct {
	Name string       `json:"name"`
	Ref  artifact.Ref `json:"ref"`
}

// Key names a task by all that its output depends on.
type Key = artifact.Digest

// Key returns the digest of the task's kind, version, parameters, inputs, seed and salt: of each its
// length and its bytes. Parameters must be canonical: equal ones have equal bytes.
func (t Task) Key() Key {
	size := 64 + len(t.Kind) + len(t.Params) + len(t.Salt)
	for _, in := range t.Inputs {
		size += 32 + len(in.Name) + len(in.Ref.Digest) + len(in.Ref.Type)
	}
	data := make([]byte, 0, size)
	text := func(s string) {
		data = binary.AppendUvarint(data, uint64(len(s)))
		data = append(data, s...)
	}
	text(t.Kind)
	data = binary.AppendUvarint(data, uint64(t.Version))
	text(string(t.Params))
	data = binary.AppendUvarint(data, uint64(len(t.Inputs)))
	for _, in := range t.Inputs {
		text(in.Name)
		text(string(in.Ref.Digest))
		data = binary.AppendVarint(data, in.Ref.Size)
		text(in.Ref.Type)
	}
	data = binary.AppendUvarint(data, t.Seed)
	text(t.Salt)
	return artifact.DigestOf(data)
}

// MemoKey returns where the result of the task with this key is kept.
func MemoKey(k Key) string { return "memo/" + string(k) + ".json" }

// Result is what a task came to: its memo. All but Engine and Seconds is a function of the task.
type Result struct {
	Key     Key             `json:"key"`
	Outputs []Input         `json:"outputs,omitempty"` // artifacts written, by name
	Value   json.RawMessage `json:"value,omitempty"`   // small result that plans depend on, at most 1 MiB
	Engine  string          `json:"engine,omitempty"`
	Seconds float64         `json:"seconds"` // wall time of the execution
	Worker  string          `json:"worker,omitempty"`
}

// Output returns the artifact with the given name, and whether there is one.
func (r Result) Output(name string) (artifact.Ref, bool) {
	for _, o := range r.Outputs {
		if o.Name == name {
			return o.Ref, true
		}
	}
	return artifact.Ref{}, false
}

// SameOutcome tells whether two executions produced the same artifacts and value.
func (r Result) SameOutcome(o Result) bool {
	if !bytes.Equal(r.Value, o.Value) || len(r.Outputs) != len(o.Outputs) {
		return false
	}
	for i := range r.Outputs {
		if r.Outputs[i] != o.Outputs[i] {
			return false
		}
	}
	return true
}

func mustMarshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("pipeline: value that cannot be marshalled: " + err.Error())
	}
	return data
}
