package wire

import (
	"fmt"
	"strconv"
	"strings"

	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// JobID returns the asynq ID of an attempt: run/stage/unit/attempt.
func JobID(run, stage, unit string, attempt uint32) string {
	return fmt.Sprintf("%s/%s/%s/%d", run, stage, unit, attempt)
}

// AttemptID returns the job ID of an attempt as it stands on the wire.
func AttemptID(a *workv1.Attempt) string {
	return JobID(a.GetRun(), a.GetStage(), a.GetUnit(), a.GetAttempt())
}

// PreviousJobID returns the ID of the attempt before, or "" when id is a first attempt or none of ours.
func PreviousJobID(id string) string {
	cut := strings.LastIndexByte(id, '/')
	n, err := strconv.ParseUint(id[cut+1:], 10, 32)
	if cut < 0 || err != nil || n < 2 {
		return ""
	}
	return id[:cut+1] + strconv.FormatUint(n-1, 10)
}
