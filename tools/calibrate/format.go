package main

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/longmemory/hurst/pkg/estimator"
)

// format writes a table as JSON with a line a row, so that a change can be read. Standard deviations
// have four digits, biases five decimals.
func format(t estimator.Calibration) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n \"about\": %q,\n \"n\": [%s],\n \"h\": [%s],\n \"methods\": {", t.About,
		strings.Trim(strings.Join(strings.Fields(fmt.Sprint(t.N)), ", "), "[]"), numbers(t.H, 4))
	comma := ""
	for _, name := range slices.Sorted(maps.Keys(t.Methods)) {
		s := t.Methods[name]
		fmt.Fprintf(&b, "%s\n  %q: {\n   \"bias\": [", comma, name)
		rows(&b, s.Bias, func(row []float64) string { return numbers(rounded(row), 6) })
		b.WriteString("],\n   \"sd\": [")
		rows(&b, s.SD, func(row []float64) string { return numbers(row, 4) })
		b.WriteString("]\n  }")
		comma = ","
	}
	b.WriteString("\n }\n}\n")
	return b.Bytes()
}

func rows(b *bytes.Buffer, table [][]float64, line func([]float64) string) {
	for i, row := range table {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "\n    [%s]", line(row))
	}
}

func numbers(row []float64, digits int) string {
	var texts []string
	for _, v := range row {
		texts = append(texts, strconv.FormatFloat(v, 'g', digits, 64))
	}
	return strings.Join(texts, ", ")
}

func rounded(row []float64) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = math.Round(v*1e5)/1e5 + 0 // no negative zero
	}
	return out
}
