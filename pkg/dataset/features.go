package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// Features are the feature vectors of series, with what a model is to learn from them.
type Features struct {
	Set     string   // the feature set's name
	Version int      // and version
	Names   []string // of the columns
	Rows    int
	X       []float64 // Rows by len(Names), row after row
	H       []float64 // the true exponent of each row
	N       []int     // its length
	Index   []uint64  // its place in the whole dataset
}

// Row returns the feature vector of row i, sharing memory.
func (f Features) Row(i int) []float64 {
	c := len(f.Names)
	return f.X[i*c : (i+1)*c : (i+1)*c]
}

// Check tells whether the parts fit each other and every number is one.
func (f Features) Check() error {
	if len(f.Names) == 0 || len(f.Names) > MaxFeatures {
		return fmt.Errorf("%d features: want 1 to %d", len(f.Names), MaxFeatures)
	}
	if len(f.H) != f.Rows || len(f.N) != f.Rows || len(f.Index) != f.Rows {
		return fmt.Errorf("%d rows with %d labels, %d lengths and %d indices", f.Rows, len(f.H), len(f.N), len(f.Index))
	}
	if len(f.X) != f.Rows*len(f.Names) {
		return fmt.Errorf("%d rows of %d features with %d cells", f.Rows, len(f.Names), len(f.X))
	}
	if err := checkNames(f.Set, f.Names); err != nil {
		return err
	}
	for i, v := range f.X {
		if !finite(v) {
			return fmt.Errorf("row %d: feature %s is %v", i/len(f.Names), f.Names[i%len(f.Names)], v)
		}
	}
	for i, h := range f.H {
		if !finite(h) || f.N[i] < 1 {
			return fmt.Errorf("row %d: H is %v and the length %d", i, h, f.N[i])
		}
	}
	return nil
}

func checkNames(set string, names []string) error {
	if set == "" || len(set) > maxText {
		return fmt.Errorf("feature set %.20q: want a name of at most %d bytes", set, maxText)
	}
	seen := map[string]bool{"index": true, "h": true, "n": true}
	for _, name := range names {
		if name == "" || len(name) > maxText {
			return fmt.Errorf("feature %.20q: want a name of at most %d bytes", name, maxText)
		}
		if seen[name] {
			return fmt.Errorf("two columns are named %q", name)
		}
		seen[name] = true
	}
	return nil
}

// metaKey holds, in a shard's metadata, what the columns do not say.
const metaKey = "hurst.features"

type meta struct {
	Set     string `json:"set"`
	Version int    `json:"version"`
}

// featureSchema is index, h and n, then a column per feature under its own name.
func featureSchema(names []string) *schema.GroupNode {
	columns := schema.FieldList{uint64Node("index"), doubleNode("h"), int32Node("n")}
	for _, name := range names {
		columns = append(columns, doubleNode(name))
	}
	return group(columns...)
}

// EncodeFeatures returns the shard of f. Equal features give equal bytes.
func EncodeFeatures(f Features) ([]byte, error) {
	if err := f.checkSize(); err != nil {
		return nil, fmt.Errorf("encode features: %w", err)
	}
	about, err := json.Marshal(meta{Set: f.Set, Version: f.Version})
	if err != nil {
		return nil, fmt.Errorf("encode features: %w", err)
	}
	data, err := write(featureSchema(f.Names), string(about), func(w file.SerialRowGroupWriter) error {
		err := inOrder(
			func() error { return put(w, each(f.Index, func(i uint64) int64 { return int64(i) })) },
			func() error { return put(w, f.H) },
			func() error { return put(w, each(f.N, func(n int) int32 { return int32(n) })) },
		)
		column := make([]float64, f.Rows)
		for j := 0; j < len(f.Names) && err == nil; j++ {
			for i := range column {
				column[i] = f.X[i*len(f.Names)+j]
			}
			err = put(w, column)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("encode features: %w", err)
	}
	return data, nil
}

// checkSize is Check and the limits of one shard.
func (f Features) checkSize() error {
	if f.Rows < 1 || f.Rows > MaxRows {
		return fmt.Errorf("%d rows: want 1 to %d", f.Rows, MaxRows)
	}
	if len(f.X) > MaxValues {
		return fmt.Errorf("%d cells: at most %d; write smaller shards", len(f.X), MaxValues)
	}
	for i, n := range f.N {
		if int(int32(n)) != n {
			return fmt.Errorf("row %d: length %d", i, n)
		}
	}
	return f.Check()
}

// DecodeFeatures returns what a shard holds. An error wraps [ErrDamaged].
func DecodeFeatures(data []byte) (Features, error) {
	var f Features
	err := read(data, func(r *reader) error { return r.features(&f) })
	if err == nil {
		err = f.checkSize()
	}
	if err != nil {
		return Features{}, fmt.Errorf("decode features: %w: %w", ErrDamaged, err)
	}
	return f, nil
}

func (r *reader) features(f *Features) error {
	about := r.file.MetaData().KeyValueMetadata().FindValue(metaKey)
	if about == nil {
		return errors.New("it is Parquet, but not of features: the metadata has no " + metaKey)
	}
	var m meta
	if err := json.Unmarshal([]byte(*about), &m); err != nil {
		return fmt.Errorf("metadata %s: %w", metaKey, err)
	}
	width := r.file.MetaData().Schema.NumColumns() - 3
	if width < 1 || width > MaxFeatures || r.rows*width > MaxValues {
		return fmt.Errorf("%d rows of %d features", r.rows, width)
	}
	names := make([]string, width)
	for j := range names {
		names[j] = r.file.MetaData().Schema.Column(3 + j).Name()
	}
	if err := r.expect(featureSchema(names)); err != nil {
		return err
	}
	*f = Features{Set: m.Set, Version: m.Version, Names: names, Rows: r.rows,
		H: make([]float64, r.rows), N: make([]int, r.rows), Index: make([]uint64, r.rows)}
	err := inOrder(
		func() error { return take(r, 0, func(i int, v int64) { f.Index[i] = uint64(v) }) },
		func() error { return take(r, 1, func(i int, v float64) { f.H[i] = v }) },
		func() error { return take(r, 2, func(i int, v int32) { f.N[i] = int(v) }) },
	)
	if err != nil {
		return err
	}
	f.X = make([]float64, r.rows*width)
	for j := range names {
		if err := take(r, 3+j, func(i int, v float64) { f.X[i*width+j] = v }); err != nil {
			return err
		}
	}
	return nil
}

// Concat returns the features of all parts, one after the other. They must be of one set.
func Concat(parts []Features) (Features, error) {
	if len(parts) == 0 {
		return Features{}, errors.New("concatenate features: there are none")
	}
	all := Features{Set: parts[0].Set, Version: parts[0].Version, Names: slices.Clone(parts[0].Names)}
	for i, f := range parts {
		if f.Set != all.Set || f.Version != all.Version || !slices.Equal(f.Names, all.Names) {
			return Features{}, fmt.Errorf("concatenate features: part %d is set %s/%d of %d features, part 0 is %s/%d of %d",
				i, f.Set, f.Version, len(f.Names), all.Set, all.Version, len(all.Names))
		}
		all.Rows += f.Rows
	}
	all.X = make([]float64, 0, all.Rows*len(all.Names))
	for _, f := range parts {
		all.X = append(all.X, f.X...)
		all.H = append(all.H, f.H...)
		all.N = append(all.N, f.N...)
		all.Index = append(all.Index, f.Index...)
	}
	if err := all.Check(); err != nil {
		return Features{}, fmt.Errorf("concatenate features: %w", err)
	}
	return all, nil
}
