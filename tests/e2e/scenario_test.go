//go:build integration

package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
	"github.com/longmemory/hurst/testdata"
	"github.com/longmemory/hurst/tests/system"
)

// scenario is what a person does with a new system, and returns the digests of what was trained.
func scenario(t *testing.T, c *system.Client) map[string]string {
	start := time.Now()
	submitted := c.Submit(t, small, "first")
	require.True(t, submitted.GetCreated())
	run := c.Succeed(t, submitted.GetRun(), limit)
	t.Logf("pipeline: %s", time.Since(start).Round(time.Millisecond))
	digests := system.Digests(t, run)

	steps := []struct {
		name string
		does func(t *testing.T, c *system.Client, run *pipelinev1.Run)
	}{
		{"champion", champion},
		{"prediction", prediction},
		{"trace", traced},
		{"submission by key", submittedOnce},
		{"memos", answeredFromMemos},
		{"explain", explained},
		{"prove", proved},
		{"failures", failures},
		{"retries", retries},
		{"cancel and resume", cancelAndResume},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) { step.does(t, c, run) })
	}
	return digests
}

// champion requires that the best model was promoted.
func champion(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	decision := system.Decision(t, run)
	require.True(t, decision.Promoted, decision.Reason)
	require.Equal(t, "champion", decision.Alias)
	version, err := rpc.Call[deployv1.Version](t.Context(), c.NATS, wire.SubjectModel, &deployv1.ShowRequest{Model: "hurst", Version: "champion"})
	require.NoError(t, err)
	require.EqualValues(t, decision.Version, version.GetVersion())
	require.Equal(t, run.GetId(), version.GetRun())
	require.Contains(t, system.Digests(t, run), "bundle of "+version.GetKind())
	require.Equal(t, system.Digests(t, run)["bundle of "+version.GetKind()], version.GetBundle().GetDigest())
}

// prediction asks for the Hurst exponent of the Nile, as soon as a replica has taken the champion up.
func prediction(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	nile, err := series.Read(bytes.NewReader(testdata.NileMin), "nile_min.csv", series.Options{})
	require.NoError(t, err)
	require.Len(t, nile, 1)
	request := &predictv1.PredictRequest{Series: []*predictv1.Series{{Id: "nile", Values: nile[0].Values}}}
	var answer *predictv1.PredictResponse
	deadline := time.Now().Add(15 * time.Second)
	for {
		answer, err = rpc.Call[predictv1.PredictResponse](t.Context(), c.NATS, wire.SubjectPredict, request)
		if err == nil {
			break
		}
		require.True(t, time.Now().Before(deadline), "no prediction: %v", err)
		time.Sleep(20 * time.Millisecond)
	}
	require.Len(t, answer.GetPredictions(), 1)
	p := answer.GetPredictions()[0]
	require.Empty(t, p.GetError())
	require.Equal(t, "nile", p.GetId())
	require.InDelta(t, 0.84, p.GetH(), 0.15, "a small training set gives a rough answer, not any")
	require.Less(t, p.GetLower(), p.GetH())
	require.Greater(t, p.GetUpper(), p.GetH())
	require.Equal(t, fmt.Sprintf("hurst@%d", system.Decision(t, run).Version), p.GetModel())
	require.NotEmpty(t, p.GetReferees())
}

// submittedOnce requires that a key names one run, and one spec.
func submittedOnce(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	again := c.Submit(t, small, "first")
	require.False(t, again.GetCreated())
	require.Equal(t, run.GetId(), again.GetRun())
	other := bytes.Replace(small, []byte("seed: 7"), []byte("seed: 8"), 1)
	_, err := rpc.Call[pipelinev1.SubmitResponse](t.Context(), c.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: other, Key: "first"})
	require.Equal(t, fault.Conflict, fault.CodeOf(err), "%v", err)
}

// answeredFromMemos submits the same spec as a new run: nothing is executed.
func answeredFromMemos(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	ended := make(chan time.Time, 1)
	events, err := rpc.Subscribe(c.NATS, wire.SubjectRunEvents+".*", runEvents(ended))
	require.NoError(t, err)
	defer func() { require.NoError(t, events.Unsubscribe()) }()
	require.NoError(t, c.NATS.Raw().Flush())
	start := time.Now()
	second := c.Submit(t, small, "again")
	require.True(t, second.GetCreated())
	took := limit
	select {
	case at := <-ended:
		took = at.Sub(start)
	case <-time.After(limit):
	}
	again := c.Succeed(t, second.GetRun(), limit)
	t.Logf("answered from memos in %s", took.Round(100*time.Microsecond))
	for _, stage := range again.GetStages() {
		require.Equal(t, stage.GetDone(), stage.GetCached(), "stage %s executed something", stage.GetName())
	}
	require.Equal(t, system.Digests(t, run), system.Digests(t, again))
	require.Equal(t, system.Decision(t, run).Version, system.Decision(t, again).Version, "the same bundle is the same version")
	require.Less(t, took, time.Second, "a cached resubmission should take some 100 ms")
}

// explained changes one hyperparameter: the model that has it is trained again, and nothing else.
func explained(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	changed := bytes.Replace(small, []byte("final: {epochs: 6}"), []byte("final: {epochs: 7}"), 1)
	require.NotEqual(t, small, changed)
	other := c.Succeed(t, c.Submit(t, changed, "changed").GetRun(), limit)
	answer, err := rpc.Call[pipelinev1.Explanation](t.Context(), c.NATS, wire.SubjectExplain, &pipelinev1.ExplainRequest{Run: other.GetId()})
	require.NoError(t, err)
	require.NotEmpty(t, answer.GetComparedWith())
	executed := map[string]string{}
	for _, task := range answer.GetTasks() {
		if !task.GetCached() {
			executed[task.GetStage()+"/"+task.GetUnit()] = task.GetReason()
		}
	}
	for path := range executed {
		require.NotRegexp(t, `^(generate|extract)/|trial|ridge`, path, "%v", executed)
	}
	require.Contains(t, executed["train/mlp"], "epochs changed from 6 to 7")
	require.Contains(t, executed["evaluate/mlp"], "bundle")
	require.Equal(t, system.Digests(t, run)["bundle of ridge"], system.Digests(t, other)["bundle of ridge"])
	require.NotEqual(t, system.Digests(t, run)["bundle of mlp"], system.Digests(t, other)["bundle of mlp"])
}

// proved executes everything again and finds the same.
func proved(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	prove := func(proof string) *pipelinev1.Proof {
		answer, err := rpc.Call[pipelinev1.Proof](t.Context(), c.NATS, wire.SubjectProve, &pipelinev1.ProveRequest{Run: run.GetId(), ProofRun: proof})
		require.NoError(t, err)
		return answer
	}
	second := c.Succeed(t, prove("").GetProofRun(), limit)
	for _, stage := range second.GetStages() {
		require.Zero(t, stage.GetCached(), "stage %s of the proof was answered from memos", stage.GetName())
	}
	proof := prove(second.GetId())
	require.True(t, proof.GetEqual(), "%v", proof.GetTasks())
	require.Greater(t, len(proof.GetTasks()), 25)
}

func noop(name, with string) []byte {
	return fmt.Appendf(nil, "version: 1\nname: %s\nstages: [{name: wait, kind: noop, with: {%s}}]\n", strings.ReplaceAll(name, " ", "-"), with)
}

// failures that are for good end a run, and the run says why.
func failures(t *testing.T, c *system.Client, _ *pipelinev1.Run) {
	for how, says := range map[string]string{"permanent": "told to fail", "panic": "told to panic"} {
		run := c.Submit(t, noop(how, "tasks: 3, fail: "+how), how).GetRun()
		failed := c.Await(t, run, limit, system.Ended)
		require.Equal(t, "failed", failed.GetStatus())
		require.Contains(t, failed.GetError(), "wait/noop-0000")
		require.Contains(t, failed.GetError(), says)
	}
}
