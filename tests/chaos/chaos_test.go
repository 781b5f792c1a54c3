//go:build chaos

// Package chaos kills, wipes and restarts everything in the middle of a run, and requires that the
// run ends as if nothing had happened.
package chaos

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/tests/system"
)

//go:embed testdata/chaos.yaml
var spec []byte

// waiting is two chains of tasks that only wait: beside the real work they keep the run from ending
// too soon and the datagen service from being idle. Only one of a chain is queued at a time, so that
// one that is lost begins again as soon as it is queued again.
const waiting = `
  - name: wait-a
    kind: noop
    with: {tasks: 30, milliseconds: 2000, chain: true}
  - name: wait-b
    kind: noop
    with: {tasks: 25, milliseconds: 2500, chain: true}
`

const (
	kills    = 30
	recovery = 5 * time.Second // from a kill until what was in hand is queued again
	calm     = 3 * time.Minute // that a run may take
)

// TestKillEverything kills each service in turn at random moments, thirty times in one run, then
// empties Redis, then wipes NATS.
func TestKillEverything(t *testing.T) {
	want := undisturbed(t)

	seed := chosenSeed(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	s := system.StartSeparate(t, t.TempDir(), nil)
	memos := watchMemos(t, s.Servers.Endpoints.S3)
	start := time.Now()
	run := s.Submit(t, append(spec[:len(spec):len(spec)], waiting...), "chaos").GetRun()
	losses := watchLosses(t, s.NATS, s.Store, run)
	running := func() {
		t.Helper()
		r := s.Run(t, run)
		require.True(t, r == nil || !system.Ended(r), "the run ended before the chaos did, %s: %s", r.GetStatus(), r.GetError())
	}

	services := system.Services()
	for i := range kills {
		time.Sleep(time.Duration(500+rng.IntN(2000)) * time.Millisecond)
		running()
		victim := s.Instances(services[i%len(services)])[0]
		losses.kill(victim.Service, time.Since(start), victim.Process)
		victim.Restart(t)
	}

	time.Sleep(time.Duration(500+rng.IntN(1000)) * time.Millisecond)
	running()
	flush(t, s.Servers)
	losses.note("FLUSHALL of Redis", time.Since(start))

	time.Sleep(time.Duration(2000+rng.IntN(1000)) * time.Millisecond)
	running()
	s.Servers.Kill(system.NATS)
	require.NoError(t, os.RemoveAll(s.Servers.NATSDir()))
	s.Servers.Start(t, system.NATS)
	losses.note("NATS killed and wiped", time.Since(start))

	ended := s.Succeed(t, run, calm)
	t.Logf("seed %d; the run took %s", seed, time.Since(start).Round(time.Millisecond))
	t.Log("\n" + losses.table())
	require.Equal(t, want, system.Digests(t, ended), "the models differ from those of the undisturbed run")
	require.True(t, system.Decision(t, ended).Promoted)

	tasks := 0
	for _, stage := range ended.GetStages() {
		tasks += int(stage.GetDone())
	}
	require.Equal(t, tasks, memos.stop(t), "one memo for each task")
	t.Logf("%d tasks, %d memos, none of them ever changed; %d executions found their memo there already (since the last restarts)",
		tasks, tasks, duplicates(t, s))
	require.NotEmpty(t, losses.queued, "no kill hit a task")
	require.LessOrEqual(t, slices.Max(losses.queued), recovery)
	require.LessOrEqual(t, slices.Max(losses.begun), recovery, "tasks that have no others before them in the queue")
}

// undisturbed runs the same pipeline, without the tasks that wait, in a system of its own.
func undisturbed(t *testing.T) map[string]string {
	t.Helper()
	s := system.StartSeparate(t, t.TempDir(), nil)
	start := time.Now()
	r := s.Succeed(t, s.Submit(t, spec, "undisturbed").GetRun(), calm)
	t.Logf("undisturbed, and without the tasks that wait: %s", time.Since(start).Round(time.Millisecond))
	s.Stop(t)
	return system.Digests(t, r)
}

// TestLongOutages takes the servers away for much longer than it takes to call a worker lost.
// Nothing is lost by it, and no run fails because of it.
func TestLongOutages(t *testing.T) {
	s := system.StartSeparate(t, t.TempDir(), nil)
	for _, server := range []string{system.NATS, system.Redis} {
		run := s.Submit(t, fmt.Appendf(nil, "version: 1\nname: outage\nstages: [{name: wait, kind: noop, with: {tasks: 2, milliseconds: 12000}}]\nsalt: %s\n", server), server).GetRun()
		time.Sleep(time.Second)
		s.Servers.Kill(server)
		time.Sleep(25 * time.Second)
		s.Servers.Start(t, server)
		start := time.Now()
		ended := s.Await(t, run, calm, system.Ended)
		t.Logf("after 25 s without %s: %s within %s", server, ended.GetStatus(), time.Since(start).Round(time.Millisecond))
		require.Equal(t, string(pipeline.Succeeded), ended.GetStatus(), ended.GetError())
	}
}

func flush(t *testing.T, servers *system.Servers) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: servers.Endpoints.Redis.Addr, Password: servers.Endpoints.Redis.Password})
	defer client.Close()
	require.NoError(t, client.FlushAll(t.Context()).Err())
}

// chosenSeed is HURST_CHAOS_SEED, or one that is the same every time.
func chosenSeed(t *testing.T) uint64 {
	t.Helper()
	text := strings.TrimSpace(os.Getenv("HURST_CHAOS_SEED"))
	if text == "" {
		return 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, "HURST_CHAOS_SEED")
	return seed
}
