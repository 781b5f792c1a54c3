package series

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// npy builds a file as numpy.save writes it.
func npy(version byte, header string, values any) []byte {
	var b bytes.Buffer
	b.WriteString(npyMagic)
	b.Write([]byte{version, 0})
	if version == 1 {
		_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	} else {
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(header)))
	}
	b.WriteString(header)
	_ = binary.Write(&b, binary.LittleEndian, values)
	return b.Bytes()
}

func header(descr, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }   \n", descr, shape)
}

func TestReadNPY(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		opt  Options
		want [][]float64
	}{
		"float64":        {npy(1, header("<f8", "(3,)"), []float64{1, -2, .5}), Options{}, [][]float64{{1, -2, .5}}},
		"float32":        {npy(2, header("<f4", "(2,)"), []float32{1, .25}), Options{}, [][]float64{{1, .25}}},
		"version 3":      {npy(3, header("<f8", "(1,)"), []float64{1}), Options{}, [][]float64{{1}}},
		"int8":           {npy(1, header("|i1", "(2,)"), []int8{-1, 127}), Options{}, [][]float64{{-1, 127}}},
		"int16":          {npy(1, header("<i2", "(2,)"), []int16{-300, 2}), Options{}, [][]float64{{-300, 2}}},
		"int32":          {npy(1, header("<i4", "(2,)"), []int32{-70000, 2}), Options{}, [][]float64{{-70000, 2}}},
		"int64":          {npy(1, header("<i8", "(2,)"), []int64{-1, 1 << 40}), Options{}, [][]float64{{-1, 1 << 40}}},
		"uint8":          {npy(1, header("|u1", "(2,)"), []uint8{255, 2}), Options{}, [][]float64{{255, 2}}},
		"uint64":         {npy(1, header("<u8", "(1,)"), []uint64{1 << 63}), Options{}, [][]float64{{1 << 63}}},
		"a column":       {npy(1, header("<f8", "(2, 1)"), []float64{1, 2}), Options{}, [][]float64{{1, 2}}},
		"a row":          {npy(1, header("<f8", "(1, 2)"), []float64{1, 2}), Options{}, [][]float64{{1, 2}}},
		"one of columns": {npy(1, header("<f8", "(2, 2)"), []float64{1, 2, 3, 4}), Options{Column: "2"}, [][]float64{{2, 4}}},
		"rows":           {npy(1, header("<f8", "(2, 2)"), []float64{1, 2, 3, 4}), Options{Rows: true}, [][]float64{{1, 2}, {3, 4}}},
		"labels":         {npy(1, header("<f8", "(2, 2)"), []float64{.1, 2, .3, 4}), Options{Rows: true, LabelFirst: true}, [][]float64{{2}, {4}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := Read(bytes.NewReader(c.data), "x.npy", c.opt)
			require.NoError(t, err)
			require.Len(t, all, len(c.want))
			for i, s := range all {
				require.Equal(t, c.want[i], s.Values)
				require.Equal(t, c.opt.LabelFirst, s.Label != nil)
			}
		})
	}
}

func TestReadNPYErrors(t *testing.T) {
	t.Parallel()
	two := []float64{1, 2}
	for name, c := range map[string]struct {
		data []byte
		opt  Options
		says string
	}{
		"no magic":      {[]byte("hello world"), Options{}, "begin"},
		"empty":         {nil, Options{}, "begin"},
		"version 4":     {npy(4, header("<f8", "(2,)"), two), Options{}, "version 4"},
		"cut header":    {npy(1, header("<f8", "(2,)"), two)[:20], Options{}, "cut off"},
		"no shape":      {npy(1, "{'descr': '<f8', 'fortran_order': False}", two), Options{}, "NPY header"},
		"big endian":    {npy(1, header(">f8", "(2,)"), two), Options{}, "astype"},
		"complex":       {npy(1, header("<c16", "(1,)"), two), Options{}, "<c16"},
		"records":       {npy(1, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", two), Options{}, "records"},
		"missing data":  {npy(1, header("<f8", "(3,)"), two), Options{}, "ends after 2"},
		"more data":     {npy(1, header("<f8", "(1,)"), two), Options{}, "follows"},
		"no dimension":  {npy(1, header("<f8", "()"), []float64{1}), Options{}, "0 dimensions"},
		"3 dimensions":  {npy(1, header("<f8", "(1, 1, 2)"), two), Options{}, "3 dimensions"},
		"2 by 2":        {npy(1, header("<f8", "(2, 2)"), []float64{1, 2, 3, 4}), Options{}, "--rows"},
		"no column 3":   {npy(1, header("<f8", "(2, 2)"), []float64{1, 2, 3, 4}), Options{Column: "3"}, "1 to 2"},
		"fortran":       {npy(1, "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2)}", []float64{1, 2, 3, 4}), Options{Rows: true}, "ascontiguousarray"},
		"huge":          {npy(1, header("<f8", "(1000000000000,)"), two), Options{}, "at most"},
		"huge in rows":  {npy(1, header("<f8", "(1000000000000, 2)"), two), Options{Rows: true}, "ends after"},
		"beyond any":    {npy(1, header("<f8", "(9223372036854775807, 4)"), two), Options{Rows: true}, "too large"},
		"negative":      {npy(1, header("<f8", "(-2,)"), two), Options{}, "shape"},
		"nothing":       {npy(1, header("<f8", "(0,)"), []byte{}), Options{}, "no values"},
		"nothing a row": {npy(1, header("<f8", "(5, 0)"), []byte{}), Options{Rows: true}, "no series"},
		"bad label":     {npy(1, header("<f8", "(1, 2)"), two[1:2]), Options{Rows: true, LabelFirst: true}, "ends"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(bytes.NewReader(c.data), "x.npy", c.opt)
			require.Error(t, err)
			require.ErrorContains(t, err, c.says)
		})
	}
}
