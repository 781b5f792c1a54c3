package dataset

import (
	"errors"
	"testing"
)

func FuzzDecodeSeries(f *testing.F) {
	for _, rows := range [][]Row{sample(1, 1), sample(5, 64), sample(300, 20)} {
		data, err := EncodeSeries(rows)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := DecodeSeries(data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if _, err := EncodeSeries(rows); err != nil {
			t.Fatalf("decoded rows cannot be encoded: %v", err)
		}
	})
}

func FuzzDecodeFeatures(f *testing.F) {
	for _, rows := range []int{1, 300} {
		data, err := EncodeFeatures(sampleFeatures(rows))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		features, err := DecodeFeatures(data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if _, err := EncodeFeatures(features); err != nil {
			t.Fatalf("decoded features cannot be encoded: %v", err)
		}
	})
}

// Every byte of a shard is turned around once: damage is an error or changes a value, no more.
func FuzzFlippedByte(f *testing.F) {
	data, err := EncodeSeries(sample(5, 64))
	if err != nil {
		f.Fatal(err)
	}
	for i := range data {
		f.Add(i, byte(1<<(i%8)))
	}
	f.Fuzz(func(t *testing.T, at int, mask byte) {
		if at < 0 || at >= len(data) {
			return
		}
		bad := append([]byte(nil), data...)
		bad[at] ^= mask
		rows, err := DecodeSeries(bad)
		if err == nil {
			err = checkRows(rows)
		} else if errors.Is(err, ErrDamaged) {
			err = nil
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}
