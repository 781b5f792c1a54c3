package system

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

// Client is what a client of a running system has.
type Client struct {
	Endpoints embedded.Endpoints
	NATS      *rpc.Conn
	Store     *s3.Store
}

// connect opens the connections. They end with the test, or with Close.
func (c *Client) connect(t testing.TB, e embedded.Endpoints) {
	t.Helper()
	var err error
	c.Endpoints = e
	c.NATS, err = rpc.Connect(t.Context(), rpc.Config{URL: e.NATS.URL, User: e.NATS.User, Password: e.NATS.Password, Name: "hurst-test"})
	require.NoError(t, err)
	c.Store, err = s3.Open(t.Context(), s3.Config{
		Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: e.S3.SecretKey,
	})
	require.NoError(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
}

// Close ends the connections.
func (c *Client) Close(ctx context.Context) {
	if c.NATS == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = c.NATS.Close(ctx)
	c.Store.Close()
	c.NATS, c.Store = nil, nil
}

// awaitServices waits until those that answer do.
func (c *Client) awaitServices(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for _, ask := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := rpc.Call[pipelinev1.ListResponse](ctx, c.NATS, wire.SubjectList, &pipelinev1.ListRequest{})
			return err
		},
		func(ctx context.Context) error {
			_, err := rpc.Call[predictv1.Info](ctx, c.NATS, wire.SubjectPredictors, &predictv1.InfoRequest{})
			return err
		},
	} {
		for {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := ask(ctx)
			cancel()
			if err == nil {
				break
			}
			require.True(t, time.Now().Before(deadline), "the system does not answer: %v", err)
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// Submit gives the system a spec.
func (c *Client) Submit(t testing.TB, spec []byte, key string) *pipelinev1.SubmitResponse {
	t.Helper()
	answer, err := rpc.Call[pipelinev1.SubmitResponse](t.Context(), c.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: spec, Key: key})
	require.NoError(t, err)
	return answer
}

// Run returns how a run stands, or nil while nobody can tell.
func (c *Client) Run(t testing.TB, run string) *pipelinev1.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	r, err := rpc.Call[pipelinev1.Run](ctx, c.NATS, wire.SubjectGet, &pipelinev1.GetRequest{Run: run})
	if fault.CodeOf(err) == fault.Unavailable {
		return nil
	}
	require.NoError(t, err)
	return r
}

// Await waits until a run is as wanted.
func (c *Client) Await(t testing.TB, run string, limit time.Duration, wanted func(*pipelinev1.Run) bool) *pipelinev1.Run {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(25 * time.Millisecond) {
		r := c.Run(t, run)
		if r != nil && wanted(r) {
			return r
		}
		require.True(t, time.Now().Before(deadline), "run %s is not as wanted after %s: %v", run, limit, r)
	}
}

// Ended tells whether a run has ended.
func Ended(r *pipelinev1.Run) bool { return pipeline.Status(r.GetStatus()).Ended() }

// Trouble tells whether a task of a run waits to be tried again.
func Trouble(r *pipelinev1.Run) bool {
	return slices.ContainsFunc(r.GetStages(), func(s *pipelinev1.Stage) bool {
		return strings.Contains(s.GetNote(), "tried again")
	})
}

// Succeed waits until a run has ended, and requires that it ended well.
func (c *Client) Succeed(t testing.TB, run string, limit time.Duration) *pipelinev1.Run {
	t.Helper()
	r := c.Await(t, run, limit, Ended)
	require.Equal(t, string(pipeline.Succeeded), r.GetStatus(), r.GetError())
	return r
}

// Digests returns the digests of all bundles and reports of a run, by model: what must be the same
// wherever and however the run was executed.
func Digests(t testing.TB, r *pipelinev1.Run) map[string]string {
	t.Helper()
	var board []pipeline.Entry
	require.NoError(t, json.Unmarshal(r.GetLeaderboard(), &board))
	digests := map[string]string{}
	for _, e := range board {
		digests["bundle of "+e.Model] = string(e.Bundle.Digest)
		digests["report on "+e.Model] = string(e.Report.Digest)
	}
	require.NotEmpty(t, digests)
	return digests
}

// Decision returns what the deployer said.
func Decision(t testing.TB, r *pipelinev1.Run) pipeline.Decision {
	t.Helper()
	var d pipeline.Decision
	require.NoError(t, json.Unmarshal(r.GetDecision(), &d))
	return d
}
