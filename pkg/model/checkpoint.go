package model

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/mlp"
)

// A checkpoint is the state as JSON behind its digest, which tells a torn one from a whole one.

func encodeState(s mlp.State) ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return append([]byte(artifact.DigestOf(data)), data...), nil
}

func decodeState(data []byte) (*mlp.State, error) {
	const digest = 64
	if len(data) < digest || artifact.DigestOf(data[digest:]) != artifact.Digest(data[:digest]) {
		return nil, errors.New("the checkpoint is damaged")
	}
	var s mlp.State
	if err := json.Unmarshal(data[digest:], &s); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return &s, nil
}
