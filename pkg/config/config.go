// Package config fills a program's configuration struct: flags override the environment, which
// overrides a YAML file, which overrides the defaults that the struct came with.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
)

// ErrVerified is returned by [Load] when the program was only asked to check its configuration, and
// it is right. The program should end with success.
var ErrVerified = errors.New("configuration verified")

// Validator is a configuration that can check itself. Its error names the key, the value and the rule.
type Validator interface{ Validate() error }

// Options says where configuration comes from. [Load] touches nothing else.
type Options struct {
	Name    string    // of the program, for the help text
	Args    []string  // command line without the program's name
	Environ []string  // as from os.Environ; variables with an empty value count as unset
	Out     io.Writer // for --help and --config.verify; nil: standard output
}

// Load fills cfg, a pointer to a struct that holds the defaults, and validates it.
//
// Each exported field has a tag such as `koanf:"nats_url" help:"…"`. The key nats_url is the flag
// --nats-url and the variable HURST_NATS_URL; a nested struct puts its key and a dot in front
// (s3.endpoint, --s3.endpoint, HURST_S3_ENDPOINT), an embedded one with `koanf:",squash"` nothing.
// Fields are string, bool, int, int64, uint64, float64, time.Duration, []string or [Secret]. A Secret
// can also be read from the file that <key>_file names. `koanf:"-"` leaves a field alone.
//
// Besides, there are --config FILE (HURST_CONFIG), --config.verify and --help. The latter two end in
// [ErrVerified] and pflag.ErrHelp. Other errors list everything that is wrong, in words for the
// person who started the program. Embedded structs validate themselves before cfg does.
func Load(cfg any, opts Options) error {
	fields, err := fieldsOf(cfg)
	if err != nil {
		return fmt.Errorf("configuration struct %T: %w", cfg, err)
	}
	if opts.Out == nil {
		opts.Out = os.Stdout
	}
	line, err := readFlags(fields, opts)
	if err != nil {
		return err
	}
	environ, configEnv, envErr := readEnviron(fields, opts.Environ)
	path := line.path
	if path == "" {
		path = configEnv
	}
	var file layer
	var fileErr error
	if path != "" {
		file, fileErr = readFile(fields, path)
	}
	if err := errors.Join(fileErr, envErr, line.err); err != nil {
		return err
	}
	if err := merge(cfg, fields, file, environ, line.layer); err != nil {
		return err
	}
	if err := validate(cfg); err != nil {
		return err
	}
	if line.verify {
		if _, err := fmt.Fprintln(opts.Out, "config ok"); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
		return ErrVerified
	}
	return nil
}

// validate asks embedded structs first: their Validate is hidden when the outer struct has its own,
// and is the same method when it has not.
func validate(cfg any) error {
	v := reflect.ValueOf(cfg).Elem()
	var errs []error
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.Anonymous || !f.IsExported() || f.Type.Kind() != reflect.Struct || f.Tag.Get("koanf") == "-" {
			continue
		}
		errs = append(errs, validate(v.Field(i).Addr().Interface()))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if c, ok := cfg.(Validator); ok {
		return c.Validate()
	}
	return nil
}
