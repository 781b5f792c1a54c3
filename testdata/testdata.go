// Package testdata holds real series for demonstrations and tests; README.md names their sources.
package testdata

import _ "embed" // for the series

// NileMin is the yearly minima of the Nile at the Roda gauge, 622 to 1284 AD, as CSV.
//
//go:embed nile_min.csv
var NileMin []byte
