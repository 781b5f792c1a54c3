package model

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/feature"
)

// The files of a bundle, in their order.
const (
	manifestFile  = "model.json"
	weightsFile   = "weights.safetensors"
	signatureFile = "signature" // optional
)

const (
	maxBundle    = artifact.MaxObject
	maxManifest  = 1 << 20
	maxSignature = 4 << 10
)

// ErrBundle is what every error of decoding wraps: the bytes are no bundle that this program reads.
var ErrBundle = errors.New("not a readable model bundle")

// Encode returns the model's bundle. Equal models give equal bytes.
func Encode(m *Model) ([]byte, error) {
	weights, err := encodeTensors(m.fitted.Tensors())
	if err != nil {
		return nil, fmt.Errorf("encode model: %w", err)
	}
	manifest := m.Manifest
	manifest.Tensors = artifact.DigestOf(weights)
	about, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode model: %w", err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	err = add(w, manifestFile, about)
	if err == nil {
		err = add(w, weightsFile, weights)
	}
	if err == nil && m.Signature != nil {
		err = add(w, signatureFile, m.Signature)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encode model: %w", err)
	}
	if len(about) > maxManifest || len(m.Signature) > maxSignature || out.Len() > maxBundle {
		return nil, fmt.Errorf("encode model: a manifest of %d bytes and a signature of %d in a bundle of %d; at most %d, %d and %d",
			len(about), len(m.Signature), out.Len(), maxManifest, maxSignature, maxBundle)
	}
	return out.Bytes(), nil
}

// add writes a file of a bundle. Its header depends on name and size alone.
func add(w *tar.Writer, name string, data []byte) error {
	err := w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
	})
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// Decode returns the model of a bundle. Bytes that Encode would not have written are refused, and
// so are features that this program computes in another way. An error wraps [ErrBundle].
func Decode(data []byte) (*Model, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("decode model: %w: %w", ErrBundle, err)
	}
	return m, nil
}

func decode(data []byte) (*Model, error) {
	files, err := unpack(data)
	if err != nil {
		return nil, err
	}
	m := &Model{Signature: files[signatureFile]}
	if err := parseManifest(files[manifestFile], &m.Manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	if !ReadsSeries(m.Kind) {
		if m.set, err = m.Features.lookup(); err != nil {
			return nil, err
		}
	}
	if artifact.DigestOf(files[weightsFile]) != m.Tensors {
		return nil, fmt.Errorf("%s does not have the digest that the manifest says", weightsFile)
	}
	if err := m.load(files[weightsFile]); err != nil {
		return nil, fmt.Errorf("%s: %w", weightsFile, err)
	}
	// One model, one byte string: this also ends every trick with headers, padding and order.
	again, err := Encode(m)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, errors.New("it is not in the one form that bundles are written in")
	}
	return m, nil
}

// load makes the learner's part of the model again.
func (m *Model) load(weights []byte) error {
	learner, err := Lookup(m.Kind)
	if err != nil {
		return err
	}
	tensors, err := decodeTensors(weights)
	if err != nil {
		return err
	}
	m.fitted, err = learner.Load(m.Manifest, tensors)
	return err
}

// unpack returns the files of a bundle by name, sharing no memory with it.
func unpack(data []byte) (map[string][]byte, error) {
	if len(data) > maxBundle {
		return nil, fmt.Errorf("%d bytes, at most %d", len(data), maxBundle)
	}
	limit := map[string]int64{manifestFile: maxManifest, weightsFile: int64(len(data)), signatureFile: maxSignature}
	files := map[string][]byte{}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("tar: %w", err)
		}
		most, known := limit[h.Name]
		switch {
		case !known:
			return nil, fmt.Errorf("unknown file %.60q", h.Name)
		case files[h.Name] != nil:
			return nil, fmt.Errorf("%s comes twice", h.Name)
		case h.Typeflag != tar.TypeReg || h.Format != tar.FormatUSTAR:
			return nil, fmt.Errorf("%s is no plain file", h.Name)
		case h.Size < 0 || h.Size > most || h.Size > int64(len(data)):
			return nil, fmt.Errorf("%s has %d bytes, at most %d", h.Name, h.Size, most)
		}
		content := make([]byte, h.Size)
		if _, err := io.ReadFull(r, content); err != nil {
			return nil, fmt.Errorf("tar: %s: %w", h.Name, err)
		}
		files[h.Name] = content
	}
	for _, name := range []string{manifestFile, weightsFile} {
		if files[name] == nil {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	return files, nil
}

func parseManifest(data []byte, m *Manifest) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		var old struct {
			Format int
			Kind   string
		}
		if json.Unmarshal(data, &old) == nil && old.Format == 1 && old.Kind == "mlp" {
			return errOldNetwork
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return m.Check()
}

// lookup returns the feature set if this program computes the same.
func (f FeatureSet) lookup() (feature.Set, error) {
	set, err := feature.Lookup(f.Set)
	if err != nil {
		return set, err
	}
	if set.Version != f.Version || !slices.Equal(set.Names, f.Names) {
		return set, fmt.Errorf("the model reads features %s/%d, and this program computes %s/%d: train it again",
			f.Set, f.Version, set.Name, set.Version)
	}
	return set, nil
}
