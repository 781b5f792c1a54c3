// Package pipelines holds the specs that come with Hurst.
package pipelines

import _ "embed" // for the specs

// Quickstart trains and promotes a model within a minute on a laptop.
//
//go:embed quickstart.yaml
var Quickstart []byte
