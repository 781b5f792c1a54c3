package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/maps"
	"github.com/knadh/koanf/v2"
)

const maxSecret = 64 << 10 // bytes of a secret's file

// layer is what one source says: values of the fields' own types by dotted key. It is a
// koanf.Provider. A Secret that is to be read from a file is there as a secretFile.
type layer map[string]any

// secretFile names the file of a secret, and the setting that did so. Its fields are exported because
// koanf copies values, and of structs only those.
type secretFile struct{ Path, Setting string }

// put adds what a source says about f. The setting names source and key for people.
func (l layer) put(f *field, setting string, texts []string) error {
	v, err := f.parse(texts)
	if err != nil {
		return fmt.Errorf("%s: %w", setting, err)
	}
	key := f.key
	if f.secret != nil {
		key, v = f.secret.key, secretFile{Path: texts[len(texts)-1], Setting: setting}
	}
	if _, ok := l[key]; ok {
		return fmt.Errorf("%s: set only one of %s and %s_file", setting, key, key)
	}
	l[key] = v
	return nil
}

// Read returns the layer as koanf wants it.
func (l layer) Read() (map[string]any, error) { return maps.Unflatten(l, "."), nil }

// ReadBytes is the other way to be a koanf.Provider, for those that need a parser.
func (l layer) ReadBytes() ([]byte, error) { return nil, errors.New("a layer has no bytes") }

// merge lays the layers over each other and the result over cfg. Only the secrets' files that win
// are opened.
func merge(cfg any, fields []*field, layers ...layer) error {
	k := koanf.New(".")
	for _, l := range layers {
		if err := k.Load(l, nil); err != nil {
			return fmt.Errorf("merge configuration: %w", err)
		}
	}
	secrets := layer{}
	var errs []error
	for _, f := range fields {
		if from, ok := k.Get(f.key).(secretFile); ok {
			secret, err := readSecret(from)
			secrets[f.key] = secret
			errs = append(errs, err)
		}
	}
	if err := errors.Join(append(errs, k.Load(secrets, nil))...); err != nil {
		return err
	}
	// ZeroFields: without it a list is written into the memory of the default's.
	decoder := &mapstructure.DecoderConfig{TagName: "koanf", ZeroFields: true, ErrorUnused: true, Result: cfg}
	if err := k.UnmarshalWithConf("", cfg, koanf.UnmarshalConf{DecoderConfig: decoder}); err != nil {
		return fmt.Errorf("fill configuration: %w", err)
	}
	return nil
}

func readSecret(from secretFile) (Secret, error) {
	f, err := os.Open(from.Path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", from.Setting, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", from.Setting, err)
	}
	if len(data) > maxSecret {
		return "", fmt.Errorf("%s: %s is larger than %d bytes: not a secret", from.Setting, from.Path, maxSecret)
	}
	return Secret(strings.TrimRight(string(data), "\r\n")), nil
}
