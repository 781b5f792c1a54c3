package wire

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// text is random UTF-8 of up to 20 runes, often empty.
func text(r *rand.Rand) string {
	alphabet := []rune("abcz059-_/ \x00\n\"é世🙂")
	var s []rune
	for range r.IntN(3) * r.IntN(11) {
		s = append(s, alphabet[r.IntN(len(alphabet))])
	}
	return string(s)
}

func ref(r *rand.Rand) artifact.Ref {
	switch r.IntN(4) {
	case 0:
		return artifact.Ref{}
	case 1: // any strings: the wire carries them all
		return artifact.Ref{Digest: artifact.Digest(text(r)), Size: int64(r.Uint64()), Type: text(r)}
	}
	return artifact.Ref{Digest: artifact.DigestOf([]byte(text(r))), Size: r.Int64(), Type: "application/vnd.apache.parquet"}
}

// task is a random task, whose parameters any bytes may be.
func task(r *rand.Rand) pipeline.Task {
	t := pipeline.Task{Kind: text(r), Version: r.Uint32(), Seed: r.Uint64(), Salt: text(r)}
	for range r.IntN(3) * r.IntN(40) {
		t.Params = append(t.Params, byte(r.Uint32()))
	}
	for range r.IntN(5) {
		t.Inputs = append(t.Inputs, pipeline.Input{Name: text(r), Ref: ref(r)})
	}
	return t
}

// carried sends a message over the wire.
func carried[T any, M interface {
	*T
	proto.Message
}](t *testing.T, m M) M {
	t.Helper()
	data, err := proto.Marshal(m)
	require.NoError(t, err)
	got := M(new(T))
	require.NoError(t, proto.Unmarshal(data, got))
	return got
}

func TestRefsSurviveTheWire(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		want := ref(r)
		require.Equal(t, want, ToRef(Ref(want)))
		require.Equal(t, want, ToRef(carried(t, &workv1.Input{Ref: Ref(want)}).GetRef()))
	}
	require.Nil(t, Ref(artifact.Ref{}), "the zero reference is nil")
	require.Zero(t, ToRef(nil))
	require.Zero(t, ToRef(new(workv1.Ref)))
	for _, part := range []artifact.Ref{{Digest: "a"}, {Size: 1}, {Type: "t"}} {
		require.NotNil(t, Ref(part), "only the zero reference is nil")
	}
}

func TestTasksSurviveTheWireWithTheirKeys(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		want := task(r)
		got := ToTask(carried(t, Task(want)))
		require.Equal(t, want, got)
		require.Equal(t, want.Key(), got.Key())
	}
	require.Zero(t, ToTask(nil))
	require.Equal(t, pipeline.Task{}.Key(), ToTask(carried(t, Task(pipeline.Task{}))).Key())
}

// TestTasksThatDifferHaveOtherKeysBeyondTheWire changes one part at a time.
func TestTasksThatDifferHaveOtherKeysBeyondTheWire(t *testing.T) {
	t.Parallel()
	base := pipeline.Task{
		Kind: "train", Version: 1, Params: []byte(`{"a":1}`), Seed: 1, Salt: "s",
		Inputs: []pipeline.Input{{Name: "x", Ref: artifact.Ref{Digest: artifact.DigestOf(nil), Size: 1, Type: "t"}}, {Name: "y"}},
	}
	seen := map[pipeline.Key]string{}
	for name, change := range map[string]func(*pipeline.Task){
		"nothing":     func(*pipeline.Task) {},
		"kind":        func(t *pipeline.Task) { t.Kind = "tune" },
		"version":     func(t *pipeline.Task) { t.Version = 2 },
		"params":      func(t *pipeline.Task) { t.Params = []byte(`{"a":2}`) },
		"seed":        func(t *pipeline.Task) { t.Seed = 1<<63 + 1 },
		"salt":        func(t *pipeline.Task) { t.Salt = "" },
		"input name":  func(t *pipeline.Task) { t.Inputs[0].Name = "z" },
		"input bytes": func(t *pipeline.Task) { t.Inputs[0].Ref.Digest = artifact.DigestOf([]byte("other")) },
		"input size":  func(t *pipeline.Task) { t.Inputs[0].Ref.Size = -1 },
		"input type":  func(t *pipeline.Task) { t.Inputs[0].Ref.Type = "" },
		"input order": func(t *pipeline.Task) { t.Inputs[0], t.Inputs[1] = t.Inputs[1], t.Inputs[0] },
		"input count": func(t *pipeline.Task) { t.Inputs = t.Inputs[:1] },
	} {
		changed := ToTask(Task(base)) // a deep copy of the inputs
		change(&changed)
		key := ToTask(carried(t, Task(changed))).Key()
		require.Empty(t, seen[key], "%s and this have one key: %s", seen[key], name)
		seen[key] = name
	}
}

func FuzzToTask(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 10 {
		data, err := proto.Marshal(Task(task(r)))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte{0x22, 0x00}) // an input without a reference
	f.Fuzz(func(t *testing.T, data []byte) {
		m := new(workv1.Task)
		if proto.Unmarshal(data, m) != nil {
			return
		}
		first := ToTask(m)
		again := ToTask(carried(t, Task(first)))
		require.Equal(t, first.Key(), again.Key())
	})
}

func TestPreviousJobID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"r1/train/ridge/2":             "r1/train/ridge/1",
		"r1/train/ridge/10":            "r1/train/ridge/9",
		"r1/train/ridge/4294967295":    "r1/train/ridge/4294967294",
		"r1/train/ridge/1":             "",
		"r1/train/ridge/0":             "",
		"r1/train/ridge/-2":            "",
		"r1/train/ridge/4294967296":    "",
		"r1/train/ridge/":              "",
		"r1/train/ridge/x":             "",
		"r1/train/ridge/2 ":            "",
		"r1/train/ridge/+2":            "",
		"r1/train/train-0001-00003/12": "r1/train/train-0001-00003/11",
		"":                             "",
		"/":                            "",
		"7":                            "",
	} {
		require.Equal(t, want, PreviousJobID(id), "%q", id)
	}
}

func TestJobIDs(t *testing.T) {
	t.Parallel()
	require.Equal(t, "r1/tune/trial-0003/2", AttemptID(&workv1.Attempt{Run: "r1", Stage: "tune", Unit: "trial-0003", Attempt: 2}))
	r := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		run, stage, unit, n := fmt.Sprint("r", r.Uint32()), text(r), text(r), 1+r.Uint32()>>r.IntN(32)
		id := JobID(run, stage, unit, n)
		want := ""
		if n > 1 {
			want = JobID(run, stage, unit, n-1)
		}
		require.Equal(t, want, PreviousJobID(id), id)
	}
}

// TestSubjectsDiffer holds because NATS would give the requests of one to the handler of the other.
func TestSubjectsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, subject := range []string{
		SubjectSubmit, SubjectGet, SubjectList, SubjectCancel, SubjectResume, SubjectExplain, SubjectProve,
		SubjectPromote, SubjectRollback, SubjectModels, SubjectModel, SubjectPredict, SubjectPredictors, SubjectTrace,
		SubjectTaskEvents, SubjectRunEvents, SubjectHeartbeats, SubjectRevoke,
	} {
		require.Regexp(t, `^hurst(\.[a-z]+)+$`, subject)
		require.False(t, seen[subject], subject)
		seen[subject] = true
	}
	require.NotEqual(t, BucketRuns, BucketModels)
}
