package model

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

func TestBundleRoundTrip(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		m := fit(t, kind)
		bundle, err := Encode(m)
		require.NoError(t, err)
		back, err := Decode(bundle)
		require.NoError(t, err)
		require.Equal(t, m.Manifest, back.Manifest)
		again, err := Encode(back)
		require.NoError(t, err)
		require.Equal(t, bundle, again)
		for i := range 20 {
			x, _ := noise(t, "test", i, 64+37*i)
			want, err := m.NewSession().Estimate(x, 0.9)
			require.NoError(t, err)
			got, err := back.NewSession().Estimate(x, 0.9)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

func TestSignatureIsCarried(t *testing.T) {
	t.Parallel()
	m := fit(t, "ridge")
	m.Signature = []byte("to be checked later")
	bundle, err := Encode(m)
	require.NoError(t, err)
	back, err := Decode(bundle)
	require.NoError(t, err)
	require.Equal(t, m.Signature, back.Signature)
	m.Signature = make([]byte, maxSignature+1)
	_, err = Encode(m)
	require.ErrorContains(t, err, "signature")
}

type entry struct {
	header  tar.Header
	content []byte
}

// pack builds a tar of entries; broken ones may make it fail half-way.
func pack(entries ...entry) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		h := e.header
		h.Size, h.Mode = int64(len(e.content)), 0o644
		_ = w.WriteHeader(&h)
		_, _ = w.Write(e.content)
	}
	_ = w.Close()
	return out.Bytes()
}

func file(name string, content []byte) entry { return entry{tar.Header{Name: name}, content} }

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	m := fit(t, "mlp")
	good, err := Encode(m)
	require.NoError(t, err)
	files, err := unpack(good)
	require.NoError(t, err)
	about, weights := files[manifestFile], files[weightsFile]
	with := func(change func(*Manifest)) []byte {
		var c Manifest
		require.NoError(t, json.Unmarshal(about, &c))
		change(&c)
		text, err := json.MarshalIndent(c, "", "  ")
		require.NoError(t, err)
		return pack(file(manifestFile, text), file(weightsFile, weights))
	}
	swapped := func(tensors []Tensor) []byte { // with weights that have the digest
		w, err := encodeTensors(tensors)
		require.NoError(t, err)
		c := m.Manifest
		c.Tensors = artifact.DigestOf(w)
		text, err := json.MarshalIndent(c, "", "  ")
		require.NoError(t, err)
		return pack(file(manifestFile, text), file(weightsFile, w))
	}
	tensors := m.fitted.Tensors()
	renamed := append([]Tensor(nil), tensors...)
	renamed[2].Name = "9.dense.weight"
	reshaped := append([]Tensor(nil), tensors...)
	reshaped[2].Shape = []int{tensors[2].Shape[1], tensors[2].Shape[0]}
	negative := append([]Tensor(nil), tensors...)
	negative[1].F64 = append([]float64{-1}, tensors[1].F64[1:]...)

	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty":               {nil, "missing"},
		"no tar":              {[]byte(strings.Repeat("x", 2000)), "tar"},
		"no weights":          {pack(file(manifestFile, about)), "weights.safetensors is missing"},
		"a stranger":          {pack(file("run.sh", nil)), `unknown file "run.sh"`},
		"a path":              {pack(file("../../etc/passwd", nil)), "unknown file"},
		"another path":        {pack(file("./model.json", about)), "unknown file"},
		"twice":               {pack(file(manifestFile, about), file(manifestFile, about)), "comes twice"},
		"a link":              {pack(entry{tar.Header{Name: manifestFile, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, nil}), "no plain file"},
		"a folder":            {pack(entry{tar.Header{Name: manifestFile, Typeflag: tar.TypeDir}, nil}), "no plain file"},
		"extended headers":    {pack(entry{tar.Header{Name: manifestFile, Format: tar.FormatPAX, PAXRecords: map[string]string{"HURST.x": "1"}}, about}), "no plain file"},
		"large manifest":      {pack(file(manifestFile, make([]byte, maxManifest+1))), "at most"},
		"large signature":     {pack(file(signatureFile, make([]byte, maxSignature+1))), "at most"},
		"no JSON":             {pack(file(manifestFile, []byte("{")), file(weightsFile, weights)), "model.json"},
		"two objects":         {pack(file(manifestFile, append(bytes.Clone(about), "{}"...)), file(weightsFile, weights)), "follows"},
		"unknown field":       {pack(file(manifestFile, []byte(`{"code":"x"}`)), file(weightsFile, weights)), "unknown field"},
		"other order":         {pack(file(weightsFile, weights), file(manifestFile, about)), "one form"},
		"something behind":    {append(bytes.Clone(good), make([]byte, 512)...), "one form"},
		"damaged weights":     {pack(file(manifestFile, about), file(weightsFile, append(bytes.Clone(weights), 0))), "digest"},
		"format 3":            {with(func(m *Manifest) { m.Format = 3 }), "format 3"},
		"an old network":      {with(func(m *Manifest) { m.Format = 1 }), "train it again"},
		"unknown kind":        {with(func(m *Manifest) { m.Kind = "lasso" }), "lasso"},
		"unknown parameter":   {with(func(m *Manifest) { m.Params["x"] = 1 }), `"x"`},
		"other features":      {with(func(m *Manifest) { m.Features.Set = "wavelets" }), "wavelets"},
		"other version":       {with(func(m *Manifest) { m.Features.Version = 99 }), "train it again"},
		"other names":         {with(func(m *Manifest) { m.Features.Names[0] = "x" }), "train it again"},
		"no network":          {with(func(m *Manifest) { m.Network = nil }), "no network"},
		"a wider network":     {with(func(m *Manifest) { m.Network.Layers[0].Units = 17 }), "want"},
		"a huge network":      {with(func(m *Manifest) { m.Network.Layers[0].Units = 8192; m.Network.Input.Channels = 60000 }), "network"},
		"other inputs":        {with(func(m *Manifest) { m.Network.Input.Channels++ }), "inputs"},
		"bad calibration":     {with(func(m *Manifest) { m.Calibration.Levels[0] = 2 }), "calibration"},
		"negative error":      {with(func(m *Manifest) { m.MAE = -1 }), "metric"},
		"no digest":           {with(func(m *Manifest) { m.Lineage.Train = []artifact.Digest{"../x"} }), "no"},
		"other tensors":       {with(func(m *Manifest) { m.Tensors = digest("c") }), "digest"},
		"a tensor renamed":    {swapped(renamed), "missing"},
		"a tensor reshaped":   {swapped(reshaped), "want"},
		"a tensor too few":    {swapped(tensors[1:]), "tensors"},
		"a negative scale":    {swapped(negative), "scale"},
		"weights of no shape": {pack(file(manifestFile, about), file(weightsFile, nil)), "digest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Decode(c.data)
			require.ErrorIs(t, err, ErrBundle)
			require.ErrorContains(t, err, c.says)
		})
	}
	for cut := 0; cut < len(good)-1024; cut += 101 {
		_, err := Decode(good[:cut])
		require.ErrorIs(t, err, ErrBundle)
	}
}

func TestEveryBitMatters(t *testing.T) {
	t.Parallel()
	good, err := Encode(fit(t, "ridge"))
	require.NoError(t, err)
	_, err = Decode(good)
	require.NoError(t, err)
	changed := 0
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if m, err := Decode(bad); err == nil { // a digit of a number in the manifest
			again, err := Encode(m)
			require.NoError(t, err)
			require.Equal(t, bad, again)
			changed++
		}
	}
	require.Less(t, changed, len(good)/4)
}

// raw builds a safetensors file by hand.
func raw(header string, data ...byte) []byte {
	out := make([]byte, 8, 8+len(header)+len(data))
	out[0], out[1] = byte(len(header)), byte(len(header)>>8)
	return append(append(out, header...), data...)
}

// Not parallel: it measures what is allocated.
func TestDecodeAllocatesLittle(t *testing.T) {
	nested := []byte(`{"params":{"hidden":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`)
	wide := []byte(`{"params":{"hidden":[` + strings.Repeat("[],", 300_000) + `[]]}}`)
	tensors := raw(`{}`)
	for name, data := range map[string][]byte{
		"nested": pack(file(manifestFile, nested), file(weightsFile, tensors)),
		"wide":   pack(file(manifestFile, wide), file(weightsFile, tensors)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(data)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, ErrBundle)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64*len(data)), name)
	}
}

func FuzzDecode(f *testing.F) {
	for _, kind := range Kinds() {
		bundle, err := Encode(fit(f, kind))
		require.NoError(f, err)
		f.Add(bundle)
	}
	f.Add(pack(file(manifestFile, []byte(`{}`)), file(weightsFile, raw(`{}`))))
	x, _ := noise(f, "test", 0, 100)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			require.ErrorIs(t, err, ErrBundle)
			return
		}
		again, err := Encode(m)
		require.NoError(t, err)
		require.Equal(t, data, again)
		a, err := m.NewSession().Estimate(x, 0.9)
		require.True(t, err != nil || a.H >= 0 && a.H <= 1)
	})
}
