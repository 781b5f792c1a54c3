package deployer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

func TestRollbackPointsAtTheVersionBefore(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(2)
	r.promote(requests[0])
	r.promote(requests[1])
	d, err := r.rollback("hurst", "")
	require.NoError(t, err)
	same(t, &deployv1.Decision{Model: "hurst", Version: 1, Alias: "champion", Promoted: true, Reason: "rollback", Previous: 2}, d)
	require.Equal(t, map[string]int{"champion": 1}, r.aliases("hurst").Points)
	same(t, &deployv1.Pointer{Model: "hurst", Version: 1, Bundle: requests[0].GetBundle(), Alias: "champion"}, r.pointer("hurst"))
	audit := r.aliases("hurst").Audit
	require.Len(t, audit, 3)
	require.Equal(t, "rollback", audit[2].Reason)
	require.Equal(t, []int{2, 1}, []int{audit[2].From, audit[2].To})
}

func TestRollbackOfAnotherAliasLeavesTheChampion(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(3)
	r.promote(requests[0])
	for _, request := range requests[1:] {
		request.Alias = "challenger"
		r.promote(request)
	}
	d, err := r.rollback("hurst", "challenger")
	require.NoError(t, err)
	require.EqualValues(t, 2, d.GetVersion())
	require.Equal(t, map[string]int{"champion": 1, "challenger": 2}, r.aliases("hurst").Points)
	require.EqualValues(t, 1, r.pointer("hurst").GetVersion())
}

func TestRollbackWithNothingBefore(t *testing.T) {
	r := start(t, nil)
	_, err := r.rollback("hurst", "")
	refused(t, err, fault.NotFound, "hurst", "champion")
	_, err = r.rollback("../runs", "")
	refused(t, err, fault.Invalid, "not a name")

	r.promote(r.candidates(1)[0])
	_, err = r.rollback("hurst", "")
	refused(t, err, fault.Conflict, "version 1", "nothing to roll back to")
	_, err = r.rollback("hurst", "challenger")
	refused(t, err, fault.NotFound, "challenger")
	require.Equal(t, map[string]int{"champion": 1}, r.aliases("hurst").Points)
}

func TestRollbackToALostBundleIsRefused(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(2)
	r.promote(requests[0])
	r.promote(requests[1])
	require.NoError(t, r.conns.Store.Delete(t.Context(), "objects/"+requests[0].GetBundle().GetDigest()))
	_, err := r.rollback("hurst", "")
	refused(t, err, fault.NotFound, "version 1", "is lost")
	require.Equal(t, map[string]int{"champion": 2}, r.aliases("hurst").Points, "the champion stays")
	require.EqualValues(t, 2, r.pointer("hurst").GetVersion())
}
