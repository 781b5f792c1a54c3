// Command calibrate simulates the bias and the spread of the estimators whose standard errors do not
// follow from theory, and writes them to the table that pkg/estimator embeds. Methods that it does
// not run keep their rows. Run it from the repository's root: go run ./tools/calibrate. It gives the
// same table anywhere.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/estimator"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	names := flags.String("methods", "", "the methods to simulate, as in dfa,rs; empty: all that are calibrated")
	path := flags.String("out", filepath.Join("pkg", "estimator", "calibration.json"), "the table to write")
	share := flags.Float64("share", 1, "part of the usual number of series, for a quick look")
	if err := flags.Parse(args); err != nil {
		return err
	}
	methods, err := choose(*names)
	if err != nil {
		return err
	}
	table, err := read(*path)
	if err != nil {
		return err
	}
	if err := simulate(&table, methods, *share); err != nil {
		return err
	}
	if *names == "" {
		forget(&table, methods)
	}
	return os.WriteFile(*path, format(table), 0o644)
}

// choose returns the calibrated methods of a list of names.
func choose(names string) ([]estimator.Method, error) {
	all := estimator.Calibrated()
	if names == "" {
		return all, nil
	}
	var chosen []estimator.Method
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(m estimator.Method) bool { return m.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no calibrated method %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// read returns the table of a file, or one without rows when there is none.
func read(path string) (estimator.Calibration, error) {
	table := estimator.Calibration{
		About: "bias and standard deviation of H on fractional Gaussian noise; a row a length n, a column a true H; written by make calibrate",
		N:     []int{64, 128, 256, 512, 1024, 4096, 16384},
		H:     []float64{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95},
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &table)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return table, fmt.Errorf("read table: %w", err)
	}
	if table.Methods == nil {
		table.Methods = map[string]estimator.Spread{}
	}
	return table, nil
}

// forget removes methods that are not calibrated any more.
func forget(table *estimator.Calibration, methods []estimator.Method) {
	for name := range table.Methods {
		if !slices.ContainsFunc(methods, func(m estimator.Method) bool { return m.Name == name }) {
			delete(table.Methods, name)
		}
	}
}
