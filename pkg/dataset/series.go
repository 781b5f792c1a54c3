package dataset

import (
	"fmt"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// seriesSchema lists the columns of a shard of series, in order.
func seriesSchema() *schema.GroupNode {
	return group(uint64Node("index"), doubleNode("h"), textNode("process"), textNode("class"), int32Node("n"),
		floatsNode("values"), textNode("contamination"), uint64Node("seed"))
}

// EncodeSeries returns the shard of these rows. Equal rows give equal bytes.
func EncodeSeries(rows []Row) ([]byte, error) {
	if err := checkRows(rows); err != nil {
		return nil, fmt.Errorf("encode series: %w", err)
	}
	data, err := write(seriesSchema(), "", func(w file.SerialRowGroupWriter) error {
		return inOrder(
			func() error { return put(w, each(rows, func(r Row) int64 { return int64(r.Index) })) },
			func() error { return put(w, each(rows, func(r Row) float64 { return r.H })) },
			func() error { return putText(w, rows, func(r Row) string { return r.Process }) },
			func() error { return putText(w, rows, func(r Row) string { return r.Class }) },
			func() error { return put(w, each(rows, func(r Row) int32 { return int32(len(r.Values)) })) },
			func() error { return putLists(w, rows, func(r Row) []float32 { return r.Values }) },
			func() error { return putText(w, rows, func(r Row) string { return r.Contamination }) },
			func() error { return put(w, each(rows, func(r Row) int64 { return int64(r.Seed) })) },
		)
	})
	if err != nil {
		return nil, fmt.Errorf("encode series: %w", err)
	}
	return data, nil
}

// DecodeSeries returns the rows of a shard. Their values share memory. An error wraps [ErrDamaged].
func DecodeSeries(data []byte) ([]Row, error) {
	var rows []Row
	err := read(data, func(r *reader) error {
		if err := r.expect(seriesSchema()); err != nil {
			return err
		}
		rows = make([]Row, r.rows)
		return r.series(rows)
	})
	if err == nil {
		err = checkRows(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("decode series: %w: %w", ErrDamaged, err)
	}
	return rows, nil
}

// series fills rows from the columns.
func (r *reader) series(rows []Row) error {
	return inOrder(
		func() error { return take(r, 0, func(i int, v int64) { rows[i].Index = uint64(v) }) },
		func() error { return take(r, 1, func(i int, v float64) { rows[i].H = v }) },
		func() error { return r.takeText(2, func(i int, s string) { rows[i].Process = s }) },
		func() error { return r.takeText(3, func(i int, s string) { rows[i].Class = s }) },
		func() error { return take(r, 4, func(i int, v int32) { rows[i].N = int(v) }) },
		func() error { return r.takeLists(5, func(i int, v []float32) { rows[i].Values = v }) },
		func() error { return r.takeText(6, func(i int, s string) { rows[i].Contamination = s }) },
		func() error { return take(r, 7, func(i int, v int64) { rows[i].Seed = uint64(v) }) },
	)
}
