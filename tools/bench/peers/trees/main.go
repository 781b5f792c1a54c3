// Command trees makes data for regression, fits Hurst's trees to them on one processor and writes both
// data and results to a folder, for trees.py to do the same with scikit-learn.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/tree"
)

const (
	cols    = 70
	testing = 2000 // rows
)

// result is what one configuration took and how good it is. Times are seconds of the processor.
type result struct {
	Name   string  `json:"name"`
	Rows   int     `json:"rows"`
	Fit    float64 `json:"fit"`
	Single float64 `json:"single"` // a row alone
	Batch  float64 `json:"batch"`  // a row among 2000
	RMSE   float64 `json:"rmse"`
}

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
	for _, name := range []string{"boost leaves=31", "boost depth=3", "forest sqrt", "forest all", "extra"} {
		if only != "" && only != name {
			continue
		}
		r, err := measure(name, train, test)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	text, err := json.Marshal(results)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "hurst.json"), text, 0o644)
}

func fit(name string, d tree.Data) (*tree.Model, error) {
	boost, forest := tree.DefaultBoost(), tree.DefaultForest()
	switch name {
	case "boost depth=3":
		boost = tree.Boost{Trees: 100, LearningRate: 0.1, MaxDepth: 3}
	case "forest all":
		forest.MaxFeatures = tree.All
	case "extra":
		forest = tree.DefaultExtra()
	}
	if name[0] == 'b' {
		return boost.Fit(d, tree.Data{}, tree.Watch{})
	}
	return forest.Fit(d, tree.Watch{})
}

func measure(name string, train, test tree.Data) (result, error) {
	r := result{Name: name, Rows: train.Rows, Fit: math.Inf(1), Single: math.Inf(1), Batch: math.Inf(1)}
	var m *tree.Model
	for range 2 {
		start := clock()
		var err error
		if m, err = fit(name, train); err != nil {
			return r, err
		}
		r.Fit = min(r.Fit, clock()-start)
	}
	p := make([]float64, test.Rows)
	for range 5 {
		start := clock()
		for i := range p {
			m.Predict(p[i:i+1], test.X[i*cols:(i+1)*cols], 1)
		}
		r.Single = min(r.Single, (clock()-start)/float64(test.Rows))
		start = clock()
		m.Predict(p, test.X, test.Rows)
		r.Batch = min(r.Batch, (clock()-start)/float64(test.Rows))
	}
	for i, y := range test.Y {
		r.RMSE += (p[i] - y) * (p[i] - y) / float64(test.Rows)
	}
	r.RMSE = math.Sqrt(r.RMSE)
	return r, nil
}

// data are the exponents of fractional Gaussian noise of 256 points and what the standard features
// make of it, in the first 70 columns: features, then repeats with noise of their size.
func data(stage string, rows int) (tree.Data, error) {
	set, err := feature.Lookup("standard")
	if err != nil {
		return tree.Data{}, err
	}
	const n = 256
	d := tree.Data{X: make([]float64, rows*cols), Y: make([]float64, rows), Rows: rows, Cols: cols}
	extractor, generator := feature.NewExtractor(set), process.NewFGN(n)
	x, f := make([]float64, n), make([]float64, len(set.Names))
	for i := range rows {
		rng := process.Source(1, stage, uint64(i))
		d.Y[i] = 0.1 + 0.8*rng.Float64()
		if err := generator.Generate(x, d.Y[i], rng); err != nil {
			return d, err
		}
		if err := extractor.Extract(f, x); err != nil {
			return d, err
		}
		for k := range cols {
			d.X[i*cols+k] = f[k%len(f)]
			if k >= len(f) {
				d.X[i*cols+k] += rng.NormFloat64()
			}
		}
	}
	return d, nil
}

func write(path string, values []float64) error {
	data := make([]byte, 0, 8*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return os.WriteFile(path, data, 0o644)
}

// clock returns the seconds that this process has kept processors busy.
func clock() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
