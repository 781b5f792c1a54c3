package train

import (
	"encoding/hex"
	"fmt"
)

// metaHeader is what a meta-training's state says beside its weights.
type metaHeader struct {
	Meta string `json:"meta"`
	Step int    `json:"step"`
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

func (m *meta) numbers() []section {
	return []section{{name: "weights.parameters", values: m.weights.Params}, {name: "weights.moments", values: m.weights.State}}
}

func (m *meta) save() []byte { return pack(metaHeader{m.identity(), m.step}, m.numbers()) }

func (m *meta) resume(data []byte) error {
	var h metaHeader
	stored, err := unpack(data, &h)
	if err != nil {
		return err
	}
	if h.Meta != m.identity() || h.Step < 0 || h.Step > m.job.Config.Steps {
		return fmt.Errorf("%w: it is of another job", ErrState)
	}
	m.step = h.Step
	for _, s := range m.numbers() {
		if err := stored.read(s.values, s.name); err != nil {
			return err
		}
	}
	return stored.end()
}
