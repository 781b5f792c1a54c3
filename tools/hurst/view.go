package main

import (
	"encoding/json"
	"time"

	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// runView is a run in JSON.
type runView struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Status      string          `json:"status"`
	Error       string          `json:"error,omitempty"`
	Created     time.Time       `json:"created"`
	Ended       *time.Time      `json:"ended,omitempty"`
	Seconds     float64         `json:"seconds"`
	TraceID     string          `json:"trace_id,omitempty"`
	SpecDigest  string          `json:"spec_digest"`
	Stages      []stageView     `json:"stages,omitempty"`
	Leaderboard json.RawMessage `json:"leaderboard,omitempty"`
	Decision    json.RawMessage `json:"decision,omitempty"`
}

type stageView struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	Status   string  `json:"status"`
	Wanted   int32   `json:"wanted"`
	Done     int32   `json:"done"`
	Cached   int32   `json:"cached"`
	Expected int32   `json:"expected,omitempty"`
	Progress float64 `json:"progress"`
	Seconds  float64 `json:"seconds"`
	Note     string  `json:"note,omitempty"`
}

func viewOf(r *pipelinev1.Run) runView {
	v := runView{
		ID: r.GetId(), Name: r.GetName(), Status: r.GetStatus(), Error: r.GetError(),
		Created: instant(r.GetCreatedUnixNano()), Seconds: lasted(r).Seconds(),
		TraceID: r.GetTraceId(), SpecDigest: r.GetSpecDigest(),
		Leaderboard: valid(r.GetLeaderboard()), Decision: valid(r.GetDecision()),
	}
	if n := r.GetEndedUnixNano(); n != 0 {
		t := instant(n)
		v.Ended = &t
	}
	for _, s := range r.GetStages() {
		v.Stages = append(v.Stages, stageView{
			Name: s.GetName(), Kind: s.GetKind(), Status: s.GetStatus(),
			Wanted: s.GetWanted(), Done: s.GetDone(), Cached: s.GetCached(), Expected: s.GetExpected(),
			Progress: s.GetProgress(), Seconds: s.GetElapsedSeconds(), Note: s.GetNote(),
		})
	}
	return v
}

func instant(unixNano int64) time.Time { return time.Unix(0, unixNano).UTC() }

// lasted is how long a run has taken, so far or in all.
func lasted(r *pipelinev1.Run) time.Duration {
	end := r.GetEndedUnixNano()
	if end == 0 {
		end = time.Now().UnixNano()
	}
	return time.Duration(max(0, end-r.GetCreatedUnixNano()))
}

// valid drops what is not JSON: the document around it must be.
func valid(data []byte) json.RawMessage {
	if !json.Valid(data) {
		return nil
	}
	return data
}
