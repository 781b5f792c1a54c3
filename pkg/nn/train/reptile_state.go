package train

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// metaHeader is what a meta-training's state begins with; parameters and moments follow.
type metaHeader struct {
	Version int    `json:"version"`
	Meta    string `json:"meta"`
	Step    int    `json:"step"`
}

func (m *meta) identity() string {
	d := newDigest("train/meta")
	d.json(m.plan.Spec)
	d.json(m.job.Config)
	for _, s := range m.job.Domains {
		sum := s.Info().Digest
		d.bytes(sum[:])
	}
	if m.job.Start != nil {
		d.floats(m.job.Start.Weights.Params)
	}
	sum := d.sum()
	return hex.EncodeToString(sum[:])
}

func (m *meta) save() []byte {
	h := metaHeader{stateVersion, m.identity(), m.step}
	return pack(h, [][]byte{floatBytes(m.weights.Params), floatBytes(m.weights.State)})
}

func (m *meta) resume(data []byte) error {
	var h metaHeader
	sections, err := unpack(data, &h)
	if err != nil {
		return err
	}
	if h.Version != stateVersion || h.Meta != m.identity() || len(sections) != 2 || h.Step < 0 || h.Step > m.job.Config.Steps {
		return fmt.Errorf("%w: it is of another job", ErrState)
	}
	m.step = h.Step
	return errors.Join(readFloats(m.weights.Params, sections[0]), readFloats(m.weights.State, sections[1]))
}
