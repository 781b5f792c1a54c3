package model

import "github.com/longmemory/hurst/pkg/nn/train"

// Networks returns the networks of a model: one, those of its ensemble, or none where its kind has
// none. They must not be changed.
func (m *Model) Networks() []*train.Network {
	if f, ok := m.fitted.(networkFitted); ok {
		return f.networks()
	}
	return nil
}
