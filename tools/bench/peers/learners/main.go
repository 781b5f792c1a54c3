// Command learners makes data for regression, fits Hurst's learners to them on one processor and
// writes both data and results to a folder, for learners.py to do the same with scikit-learn.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	runtime.GOMAXPROCS(1)
	dir := flag.String("dir", ".", "folder for data and results")
	rows := flag.Int("rows", 2000, "rows to fit to")
	only := flag.String("only", "", "the one configuration to fit; empty: all")
	flag.Parse()
	if err := run(*dir, *rows, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, rows int, only string) error {
	train, err := data("train", rows)
	if err != nil {
		return err
	}
	test, err := data("test", testing)
	if err != nil {
		return err
	}
	for name, values := range map[string][]float64{"x": train.X, "y": train.Y, "xt": test.X, "yt": test.Y} {
		if err := write(filepath.Join(dir, name+".f64"), values); err != nil {
			return err
		}
	}
	var results []result
	for _, l := range learners() {
		if only != "" && only != l.name || rows > l.most {
			continue
		}
		r, err := measure(l, train, test)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		results = append(results, r)
	}
	text, err := json.Marshal(results)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "hurst.json"), text, 0o644)
}
