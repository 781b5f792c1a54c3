package deployer

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/registry"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

func TestPromotionRegistersAndPoints(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	request.Report = r.put([]byte("a report"))
	before := time.Now().UnixNano()
	same(t, &deployv1.Decision{Model: "hurst", Version: 1, Alias: "champion", Promoted: true, Reason: "validation MAE 0.0200"}, r.promote(request))

	v, err := r.registry.Get(t.Context(), "hurst", registry.Champion)
	require.NoError(t, err)
	require.Equal(t, 1, v.Number)
	require.Equal(t, "r0", v.Run)
	require.Equal(t, "ridge", v.Kind)
	require.Equal(t, request.GetBundle().GetDigest(), string(v.Bundle.Digest))
	require.Equal(t, request.GetReport().GetDigest(), string(v.Report.Digest))
	require.Equal(t, 0.02, v.MAE)
	require.Equal(t, 0.001, v.MAESE)
	require.GreaterOrEqual(t, v.Created, before)

	aliases := r.aliases("hurst")
	require.Equal(t, map[string]int{"champion": 1}, aliases.Points)
	require.Len(t, aliases.Audit, 1)
	require.Equal(t, 0, aliases.Audit[0].From)
	require.Equal(t, "run r0: validation MAE 0.0200", aliases.Audit[0].Reason)
	same(t, &deployv1.Pointer{Model: "hurst", Version: 1, Bundle: request.GetBundle(), Alias: "champion"}, r.pointer("hurst"))
}

func TestTheSameBundleIsTheSameVersion(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	r.promote(request)
	request.Run = "another"
	again := r.promote(request)
	require.EqualValues(t, 1, again.GetVersion())
	require.True(t, again.GetPromoted())
	require.Equal(t, "it is the champion already", again.GetReason())
	require.Len(t, r.aliases("hurst").Audit, 1, "nothing was moved")
	versions, err := r.registry.Versions(t.Context(), "hurst")
	require.NoError(t, err)
	require.Len(t, versions, 1)
	require.Equal(t, "r0", versions[0].Run, "a version does not change")

	other := proto.CloneOf(request)
	other.Model = "another-name"
	require.EqualValues(t, 1, r.promote(other).GetVersion(), "each name counts for itself")
}

func TestGateRefusesWithTheReason(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(2)
	requests[0].MaxMae = 0.0199
	same(t, &deployv1.Decision{
		Model: "hurst", Version: 1, Alias: "champion", Reason: "its validation MAE 0.0200 is above the gate's 0.0199",
	}, r.promote(requests[0]))
	require.Empty(t, r.aliases("hurst").Points, "it is registered, and no alias points at it")
	require.Nil(t, r.pointer("hurst"))

	requests[0].MaxMae = 0.02 // as good as the gate asks
	require.True(t, r.promote(requests[0]).GetPromoted())
	requests[1].MaxMae, requests[1].Mae = 0.01, 0.02
	refused := r.promote(requests[1])
	require.False(t, refused.GetPromoted())
	require.EqualValues(t, 1, refused.GetPrevious())
	require.Equal(t, map[string]int{"champion": 1}, r.aliases("hurst").Points)
	require.EqualValues(t, 1, r.pointer("hurst").GetVersion())
}

func TestGateComparesWithTheChampion(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(3)
	for i, mae := range []float64{0.02, 0.0201, 0.02} {
		requests[i].Mae, requests[i].BeatChampion = mae, true
	}
	require.Equal(t, "validation MAE 0.0200", r.promote(requests[0]).GetReason(), "the first has nothing to beat")

	worse := r.promote(requests[1])
	require.False(t, worse.GetPromoted())
	require.Equal(t, "its validation MAE 0.0201 is worse than version 1's 0.0200", worse.GetReason())
	require.EqualValues(t, 1, r.pointer("hurst").GetVersion())

	equal := r.promote(requests[2])
	require.True(t, equal.GetPromoted(), "no worse is enough")
	require.Equal(t, "validation MAE 0.0200, no worse than version 1's 0.0200", equal.GetReason())
	require.EqualValues(t, 1, equal.GetPrevious())
	require.EqualValues(t, 3, r.pointer("hurst").GetVersion())

	requests[1].BeatChampion = false
	require.True(t, r.promote(requests[1]).GetPromoted(), "without the gate the last one wins")
}

func TestOtherAliasesAreNotServed(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	request.Alias = "challenger"
	require.Equal(t, "challenger", r.promote(request).GetAlias())
	require.Equal(t, map[string]int{"challenger": 1}, r.aliases("hurst").Points)
	require.Nil(t, r.pointer("hurst"))
}

func TestConcurrentPromotionsEndConsistent(t *testing.T) {
	r := start(t, nil)
	const count = 8
	requests := r.candidates(count)
	for i := range requests {
		requests[i].Mae, requests[i].BeatChampion = 0.01+0.001*float64((i*5)%count), true
	}
	decisions := make([]*deployv1.Decision, 2*count)
	errs := make([]error, 2*count)
	var all sync.WaitGroup
	for i := range decisions { // each candidate is offered twice
		all.Go(func() { decisions[i], errs[i] = r.ask(requests[i%count]) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))

	version := map[int]float64{} // number -> MAE
	for i, d := range decisions {
		require.Equal(t, decisions[i%count].GetVersion(), d.GetVersion(), "one bundle, one version")
		version[int(d.GetVersion())] = requests[i%count].GetMae()
	}
	require.Len(t, version, count)
	versions, err := r.registry.Versions(t.Context(), "hurst")
	require.NoError(t, err)
	require.Len(t, versions, count)
	require.Equal(t, count, versions[0].Number, "numbers have no gaps")

	aliases := r.aliases("hurst")
	at := 0
	for i, change := range aliases.Audit { // a chain, each link better than the one before
		require.Equal(t, at, change.From, "change %d", i)
		if i > 0 {
			require.Less(t, version[change.To], version[change.From])
		}
		at = change.To
	}
	require.Equal(t, map[string]int{"champion": at}, aliases.Points)
	require.Equal(t, 0.01, version[at], "the best one won")
	require.EqualValues(t, at, r.pointer("hurst").GetVersion(), "replicas are told so")
}

func TestConcurrentPromotionsWithoutGate(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(6)
	for round := range 5 {
		errs := make([]error, len(requests))
		var all sync.WaitGroup
		for i := range requests {
			all.Go(func() { _, errs[i] = r.ask(requests[i]) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
		aliases := r.aliases("hurst")
		at := 0
		for _, change := range aliases.Audit {
			require.Equal(t, at, change.From)
			at = change.To
		}
		require.Equal(t, at, aliases.Points["champion"])
		require.EqualValues(t, at, r.pointer("hurst").GetVersion(), "round %d", round)
	}
}

func TestWhatCannotBePromoted(t *testing.T) {
	r := start(t, nil)
	sound := r.candidates(1)[0]
	for name, c := range map[string]struct {
		change func(*deployv1.PromoteRequest)
		code   fault.Code
		words  string
	}{
		"missing bundle":    {func(q *deployv1.PromoteRequest) { q.Bundle.Digest = strings.Repeat("a", 64) }, fault.NotFound, "aaaaaaaaaaaa is lost"},
		"nothing at all":    {func(q *deployv1.PromoteRequest) { proto.Reset(q) }, fault.Invalid, "bundle"},
		"no bundle":         {func(q *deployv1.PromoteRequest) { q.Bundle = nil }, fault.Invalid, "bundle"},
		"not a digest":      {func(q *deployv1.PromoteRequest) { q.Bundle.Digest = "../models" }, fault.Invalid, "../models"},
		"no model inside":   {func(q *deployv1.PromoteRequest) { q.Bundle = r.put([]byte("text")) }, fault.Invalid, "cannot be loaded"},
		"NaN":               {func(q *deployv1.PromoteRequest) { q.Mae = math.NaN() }, fault.Invalid, "MAE is NaN"},
		"infinite":          {func(q *deployv1.PromoteRequest) { q.Mae = math.Inf(1) }, fault.Invalid, "MAE is +Inf"},
		"negative":          {func(q *deployv1.PromoteRequest) { q.Mae = -0.1 }, fault.Invalid, "MAE is -0.1"},
		"NaN error":         {func(q *deployv1.PromoteRequest) { q.MaeSe = math.NaN() }, fault.Invalid, "standard error is NaN"},
		"infinite error":    {func(q *deployv1.PromoteRequest) { q.MaeSe = math.Inf(1) }, fault.Invalid, "standard error is +Inf"},
		"NaN gate":          {func(q *deployv1.PromoteRequest) { q.MaxMae = math.NaN() }, fault.Invalid, "gate's MAE is NaN"},
		"negative gate":     {func(q *deployv1.PromoteRequest) { q.MaxMae = -1 }, fault.Invalid, "gate's MAE is -1"},
		"empty name":        {func(q *deployv1.PromoteRequest) { q.Model = "" }, fault.Invalid, "not a name"},
		"path as name":      {func(q *deployv1.PromoteRequest) { q.Model = "../runs" }, fault.Invalid, `"../runs" is not a name`},
		"endless name":      {func(q *deployv1.PromoteRequest) { q.Model = strings.Repeat("a", 64) }, fault.Invalid, "at most 63"},
		"wildcard as name":  {func(q *deployv1.PromoteRequest) { q.Model = ">" }, fault.Invalid, "not a name"},
		"path as alias":     {func(q *deployv1.PromoteRequest) { q.Alias = "a/b" }, fault.Invalid, `"a/b" is not a name`},
		"capitals in alias": {func(q *deployv1.PromoteRequest) { q.Alias = "Champion" }, fault.Invalid, "not a name"},
	} {
		request := proto.CloneOf(sound)
		c.change(request)
		_, err := r.ask(request)
		require.Error(t, err, name)
		require.Equal(t, c.code, fault.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, c.words, name)
	}
	require.Empty(t, r.aliases("hurst").Points)
	require.True(t, r.promote(sound).GetPromoted(), "and then the sound one passes")
}

func TestDamagedBundleIsNotPromoted(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	key := "objects/" + request.GetBundle().GetDigest()
	doc, err := r.conns.Store.Read(t.Context(), key)
	require.NoError(t, err)
	whole := doc.Data
	for name, data := range map[string][]byte{"cut": whole[:len(whole)/2], "empty": {}, "flipped": append([]byte{whole[0] ^ 1}, whole[1:]...)} {
		_, err = r.conns.Store.Write(t.Context(), key, data, artifact.Condition{})
		require.NoError(t, err)
		_, err = r.ask(request)
		require.Error(t, err, name)
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, "do not match the digest", name)
	}
	versions, err := r.registry.Versions(t.Context(), "hurst")
	require.NoError(t, err)
	require.Empty(t, versions, "nothing was registered")
	same(t, request.GetBundle(), r.put(whole)) // which mends the object
	require.True(t, r.promote(request).GetPromoted())
}

// failing is a store in which operations on some keys fail.
type failing struct {
	artifact.Store
	on  string
	err error
}

func (f failing) Read(ctx context.Context, key string) (artifact.Document, error) {
	if strings.Contains(key, f.on) {
		return artifact.Document{}, f.err
	}
	return f.Store.Read(ctx, key)
}

func (f failing) Write(ctx context.Context, key string, data []byte, cond artifact.Condition) (string, error) {
	if strings.Contains(key, f.on) {
		return "", f.err
	}
	return f.Store.Write(ctx, key, data, cond)
}

func (f failing) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if strings.Contains(prefix, f.on) {
		return func(yield func(string, error) bool) { yield("", f.err) }
	}
	return f.Store.List(ctx, prefix)
}

func TestStoreThatIsAwayIsUnavailable(t *testing.T) {
	for _, on := range []string{"versions", "aliases"} {
		t.Run(on, func(t *testing.T) {
			r := start(t, func(d *Deployer) {
				d.registry.Store = failing{d.registry.Store, on, errors.New("connection refused")}
			})
			_, err := r.ask(r.candidates(1)[0])
			refused(t, err, fault.Unavailable, "connection refused")
		})
	}
}

// endless is a store in which every alias was moved by somebody else meanwhile.
type endless struct{ artifact.Store }

func (s endless) Write(ctx context.Context, key string, data []byte, cond artifact.Condition) (string, error) {
	if !strings.HasSuffix(key, "aliases.json") {
		return s.Store.Write(ctx, key, data, cond)
	}
	doc, err := s.Store.Read(ctx, key)
	next := `{"points":{"champion":1}}`
	if err == nil && strings.Contains(string(doc.Data), ":1}") {
		next = `{"points":{"champion":2}}`
	}
	if _, err := s.Store.Write(ctx, key, []byte(next), artifact.Condition{}); err != nil {
		return "", err
	}
	return "", artifact.ErrConflict
}

func TestPromotionGivesUpWhenTheAliasNeverRests(t *testing.T) {
	r := start(t, func(d *Deployer) { d.registry.Store = endless{d.registry.Store} })
	requests := r.candidates(3)
	for i, request := range requests {
		v := registry.Version{Model: "hurst", Bundle: artifact.Ref{Digest: artifact.Digest(request.GetBundle().GetDigest())}}
		if i < 2 {
			_, err := r.registry.Register(t.Context(), v)
			require.NoError(t, err)
		}
	}
	_, err := r.ask(requests[2])
	refused(t, err, fault.Unavailable, "champion", "hurst", "moved 10 times")
}

func TestStopAnswersWhatIsInHand(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	r := start(t, func(d *Deployer) {
		d.registry.Store = &slow{Store: d.registry.Store, entered: entered, release: release}
	})
	request := r.candidates(1)[0]
	answered := make(chan error, 1)
	go func() {
		decision, err := r.ask(request)
		if err == nil && !decision.GetPromoted() {
			err = errors.New(decision.GetReason())
		}
		answered <- err
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	require.Eventually(t, func() bool { // no new requests are taken
		_, err := r.rollback("hurst", "")
		return fault.CodeOf(err) == fault.Unavailable
	}, 5*time.Second, time.Millisecond)
	require.Empty(t, stopped, "it waits for the request in hand")
	close(release)
	require.NoError(t, <-answered)
	require.NoError(t, <-stopped)
	require.EqualValues(t, 1, r.pointer("hurst").GetVersion())
}

// slow is a store in which the first write of aliases waits for its release.
type slow struct {
	artifact.Store
	once             sync.Once
	entered, release chan struct{}
}

func (s *slow) Write(ctx context.Context, key string, data []byte, cond artifact.Condition) (string, error) {
	if strings.HasSuffix(key, "aliases.json") {
		s.once.Do(func() {
			close(s.entered)
			<-s.release
		})
	}
	return s.Store.Write(ctx, key, data, cond)
}
