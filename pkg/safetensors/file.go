package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Limits of a file.
const (
	MaxTensors = 1024
	MaxName    = 256
	MaxHeader  = 1 << 20 // bytes
	MaxRank    = 8
	MaxValues  = 1 << 26 // values in a tensor
)

type entry struct {
	DType   string  `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets []int64 `json:"data_offsets"` // from the end of the header
}

// Encode writes tensors, the widest values first so that all are aligned, then by name, and what is to
// be said about them, which may be nil. Equal arguments give equal bytes. It is an error if a name
// comes twice, a shape does not fit, or a value is not finite.
func Encode(tensors []Tensor, about map[string]string) ([]byte, error) {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(b.width(), a.width()), cmp.Compare(a.Name, b.Name))
	})
	if len(tensors) > MaxTensors {
		return nil, fmt.Errorf("%d tensors, at most %d", len(tensors), MaxTensors)
	}
	header := []byte{'{'}
	if len(about) > 0 {
		text, err := json.Marshal(about) // in the order of its keys
		if err != nil {
			return nil, err
		}
		header = append(append(header, `"__metadata__":`...), text...)
	}
	var data []byte
	for i, t := range tensors {
		if err := t.check(); err != nil {
			return nil, err
		}
		if i > 0 {
			if tensors[i-1].Name == t.Name {
				return nil, fmt.Errorf("two tensors are named %q", t.Name)
			}
		}
		if len(header) > 1 {
			header = append(header, ',')
		}
		start := len(data)
		data = t.appendValues(data)
		name, err := json.Marshal(t.Name)
		if err != nil {
			return nil, err
		}
		entry, err := json.Marshal(entry{t.DType(), t.Shape, []int64{int64(start), int64(len(data))}})
		if err != nil {
			return nil, err
		}
		header = append(append(append(header, name...), ':'), entry...)
	}
	header = append(header, '}')
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > MaxHeader {
		return nil, fmt.Errorf("a header of %d bytes for %d tensors, at most %d", len(header), len(tensors), MaxHeader)
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...), nil
}

func (t Tensor) appendValues(data []byte) []byte {
	for _, v := range t.F64 {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	for _, v := range t.F32 {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return append(data, t.U8...)
}

// Decode reads what [Encode] writes, and what other programs write in float32, float64 and bytes.
func Decode(file []byte) (tensors []Tensor, about map[string]string, err error) {
	if len(file) < 8 {
		return nil, nil, fmt.Errorf("%d bytes are no safetensors file", len(file))
	}
	size := binary.LittleEndian.Uint64(file)
	if size > MaxHeader || size > uint64(len(file)-8) {
		return nil, nil, fmt.Errorf("a header of %d bytes in a file of %d, at most %d", size, len(file), MaxHeader)
	}
	header, data := file[8:8+size], file[8+size:]
	names, entries, about, err := parseHeader(header)
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if err := checkCover(entries, int64(len(data))); err != nil {
		return nil, nil, err
	}
	tensors = make([]Tensor, len(entries))
	for i, e := range entries {
		if tensors[i], err = e.tensor(names[i], data); err != nil {
			return nil, nil, err
		}
	}
	return tensors, about, nil
}

// parseHeader reads the header member by member, so that a name that comes twice is noticed.
func parseHeader(header []byte) (names []string, entries []entry, about map[string]string, err error) {
	d := json.NewDecoder(bytes.NewReader(header))
	d.DisallowUnknownFields()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, nil, errors.New("want a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, nil, err
		}
		name, _ := t.(string)
		if seen[name] {
			return nil, nil, nil, fmt.Errorf("%.40q comes twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&about); err != nil {
				return nil, nil, nil, err
			}
			continue
		}
		var e entry
		if err := d.Decode(&e); err != nil {
			return nil, nil, nil, fmt.Errorf("tensor %.40q: %w", name, err)
		}
		if len(entries) == MaxTensors {
			return nil, nil, nil, fmt.Errorf("more than %d tensors", MaxTensors)
		}
		names, entries = append(names, name), append(entries, e)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, nil, errors.New("something follows the JSON object")
	}
	return names, entries, about, nil
}

// checkCover tells whether the tensors' places follow one another and fill the data.
func checkCover(entries []entry, size int64) error {
	for i, e := range entries {
		if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1] > size {
			return fmt.Errorf("tensor %d lies at %v of %d bytes", i, e.Offsets, size)
		}
	}
	byPlace := slices.Clone(entries)
	slices.SortFunc(byPlace, func(a, b entry) int { return cmp.Compare(a.Offsets[0], b.Offsets[0]) })
	end := int64(0)
	for _, e := range byPlace {
		if e.Offsets[0] != end {
			return fmt.Errorf("tensors leave a gap or overlap between bytes %d and %d", e.Offsets[0], end)
		}
		end = e.Offsets[1]
	}
	if end != size {
		return fmt.Errorf("tensors end at byte %d of %d", end, size)
	}
	return nil
}

// tensor reads the values of an entry whose place is within data.
func (e entry) tensor(name string, data []byte) (Tensor, error) {
	t := Tensor{Name: name, Shape: e.Shape}
	n, err := elements(e.Shape)
	if err != nil {
		return t, fmt.Errorf("tensor %.40q: %w", name, err)
	}
	values := data[e.Offsets[0]:e.Offsets[1]]
	width := map[string]int{"F32": 4, "F64": 8, "U8": 1}[e.DType]
	if width == 0 {
		return t, fmt.Errorf("tensor %.40q has type %.20q: want F32, F64 or U8", name, e.DType)
	}
	if len(values) != n*width {
		return t, fmt.Errorf("tensor %.40q: shape %v of %s does not fit %d bytes", name, e.Shape, e.DType, len(values))
	}
	if e.DType == "U8" {
		t.U8 = bytes.Clone(values)
		return t, t.check()
	}
	if e.DType == "F64" {
		t.F64 = make([]float64, n)
		for i := range t.F64 {
			t.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*i:]))
		}
		return t, t.check()
	}
	t.F32 = make([]float32, n)
	for i := range t.F32 {
		t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(values[4*i:]))
	}
	return t, t.check()
}
