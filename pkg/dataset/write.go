package dataset

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// write returns a Parquet file with one row group, which fill writes column by column. What is
// about the whole stands in the metadata, unless empty.
func write(sc *schema.GroupNode, about string, fill func(file.SerialRowGroupWriter) error) (_ []byte, err error) {
	defer recovered(&err)
	props := parquet.NewWriterProperties(
		parquet.WithCreatedBy("hurst"), // arrow-go's default carries its version
		parquet.WithCompression(compress.Codecs.Uncompressed),
		parquet.WithDictionaryDefault(false),
		parquet.WithStats(false),
		parquet.WithVersion(parquet.V2_6),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithDataPageSize(1<<20),
	)
	options := []file.WriteOption{file.WithWriterProps(props)}
	if about != "" {
		kv := metadata.NewKeyValueMetadata()
		if err := kv.Append(metaKey, about); err != nil {
			return nil, err
		}
		options = append(options, file.WithWriteMetadata(kv))
	}
	var out bytes.Buffer
	w, err := file.NewParquetWriterWithError(&out, sc, options...)
	if err != nil {
		return nil, err
	}
	rg, err := w.AppendRowGroupChecked()
	if err != nil {
		return nil, err
	}
	if err := fill(rg); err != nil {
		return nil, err
	}
	if err := rg.Close(); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if out.Len() > MaxBytes {
		return nil, fmt.Errorf("a shard of %d bytes, at most %d; write smaller shards", out.Len(), MaxBytes)
	}
	return out.Bytes(), nil
}

// batchWriter is what arrow-go's writers of columns of T have in common.
type batchWriter[T any] interface {
	WriteBatch(values []T, defLevels, repLevels []int16) (int64, error)
	Close() error
}

func next[T any](w file.SerialRowGroupWriter) (batchWriter[T], error) {
	column, err := w.NextColumn()
	if err != nil {
		return nil, err
	}
	typed, ok := column.(batchWriter[T])
	if !ok {
		return nil, fmt.Errorf("column %s is written as %T", column.Descr().Path(), column)
	}
	return typed, nil
}

// put writes the next column.
func put[T any](w file.SerialRowGroupWriter, values []T) error {
	column, err := next[T](w)
	if err != nil {
		return err
	}
	if _, err := column.WriteBatch(values, nil, nil); err != nil {
		return err
	}
	return column.Close()
}

func putText(w file.SerialRowGroupWriter, rows []Row, text func(Row) string) error {
	return put(w, each(rows, func(r Row) parquet.ByteArray { return parquet.ByteArray(text(r)) }))
}

// putLists writes the next column, of lists that are not empty. In Parquet's terms, each value has
// the definition level 1 (it is there), and the repetition level 0 where it begins a list, else 1.
func putLists(w file.SerialRowGroupWriter, rows []Row, list func(Row) []float32) error {
	column, err := next[float32](w)
	if err != nil {
		return err
	}
	var def, rep []int16
	for _, row := range rows {
		values := list(row)
		for len(def) < len(values) {
			def, rep = append(def, 1), append(rep, min(1, int16(len(rep))))
		}
		if _, err := column.WriteBatch(values, def[:len(values)], rep[:len(values)]); err != nil {
			return err
		}
	}
	return column.Close()
}
