package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/series"
)

const (
	maxPoints     = 4 << 20 // of all series of a request
	maxSeriesHTTP = 100_000 // of a request
)

// question is what a client asks: series, and how sure the answers shall be.
type question struct {
	series []named
	level  float64
	model  string
}

// named is a series with the ID that its answer gets.
type named struct {
	id     string
	values []float64 // NaN marks a gap
}

// parseQuestion reads a JSON object with series, or a bare array of numbers as the only series. null
// stands for a gap.
func parseQuestion(body []byte) (question, error) {
	var wire struct {
		Series []struct {
			ID     string          `json:"id"`
			Values json.RawMessage `json:"values"`
		} `json:"series"`
		Level float64 `json:"level"`
		Model string  `json:"model"`
	}
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		if !json.Valid(body) {
			return question{}, fault.New(fault.Invalid, "the body is not JSON: want an array of numbers and nulls")
		}
		values, err := parseValues(body, maxPoints)
		if err != nil {
			return question{}, fault.New(fault.Invalid, "the series: %w", err)
		}
		return question{series: []named{{values: values}}}, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&wire); err != nil {
		return question{}, fault.New(fault.Invalid, `read the body as {"series": [{"id": "a", "values": [1, null, 2.5, …]}], "level": 0.9, "model": ""}: %w`, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return question{}, fault.New(fault.Invalid, "the body goes on after its JSON object")
	}
	if n := len(wire.Series); n == 0 || n > maxSeriesHTTP {
		return question{}, fault.New(fault.Invalid, "the request has %d series; allowed: 1 to %d", n, maxSeriesHTTP)
	}
	q := question{level: wire.Level, model: wire.Model, series: make([]named, len(wire.Series))}
	room := maxPoints
	for i, s := range wire.Series {
		values, err := parseValues(s.Values, room)
		if err != nil {
			return question{}, fault.New(fault.Invalid, "series[%d].values: %w", i, err)
		}
		room -= len(values)
		q.series[i] = named{id: s.ID, values: values}
	}
	return q, nil
}

// parseValues reads an array of numbers and nulls that is known to be JSON.
func parseValues(data []byte, room int) ([]float64, error) {
	data = bytes.TrimSpace(data)
	if len(data) < 2 || data[0] != '[' {
		return nil, fault.New(fault.Invalid, "want an array of numbers, null for a gap")
	}
	data = bytes.TrimSpace(data[1 : len(data)-1])
	if len(data) == 0 {
		return nil, nil
	}
	count := bytes.Count(data, []byte{','}) + 1
	switch {
	case count > series.MaxPoints:
		return nil, fault.New(fault.Invalid, "%d points; a series has at most %d", count, series.MaxPoints)
	case count > room:
		return nil, fault.New(fault.Invalid, "the series of one request have more than %d points together: send several requests", maxPoints)
	}
	values := make([]float64, 0, count)
	for len(values) < count {
		cell, rest, _ := bytes.Cut(data, []byte{','})
		v, err := parseCell(bytes.TrimSpace(cell))
		if err != nil {
			return nil, fault.New(fault.Invalid, "point %d: %w", len(values)+1, err)
		}
		values = append(values, v)
		data = rest
	}
	return values, nil
}

func parseCell(cell []byte) (float64, error) {
	switch string(cell) {
	case "null", `"NaN"`:
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fault.New(fault.Invalid, "%.40s is too large for a 64-bit number", cell)
	}
	if err != nil {
		return 0, fault.New(fault.Invalid, "%.40s is not a number; a gap is null", cell)
	}
	return v, nil
}
