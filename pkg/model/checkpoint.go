package model

import (
	"bytes"
	"errors"

	"github.com/longmemory/hurst/pkg/artifact"
)

// A checkpoint is a training's state behind a digest of it and the name of the engine that made it:
// on another one, the training would end with other bits.

func encodeState(state []byte, engine string) []byte {
	body := append([]byte(engine+"\n"), state...)
	return append([]byte(artifact.DigestOf(body)), body...)
}

var errCheckpoint = errors.New("the checkpoint is damaged, or was made by another engine")

func decodeState(data []byte, engine string) ([]byte, error) {
	const digest = 64
	if len(data) < digest || artifact.DigestOf(data[digest:]) != artifact.Digest(data[:digest]) {
		return nil, errCheckpoint
	}
	state, ok := bytes.CutPrefix(data[digest:], []byte(engine+"\n"))
	if !ok {
		return nil, errCheckpoint
	}
	return state, nil
}
