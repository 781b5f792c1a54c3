// Command networks answers networks.py's questions about Hurst's networks: a line of JSON in, a line
// out. It leaves weights, data and results in a folder, for PyTorch to do the same with.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/process"
)

// question is what networks.py asks. Not all of it is of use to each.
type question struct {
	Do      string  `json:"do"` // "load", "step", "predict" or "job"
	Network string  `json:"network"`
	N       int     `json:"n"`
	Rows    int     `json:"rows"`
	Repeat  int     `json:"repeat"`
	Threads int     `json:"threads"`
	Job     jobSpec `json:"job"`
}

// answer holds times in seconds: on the wall of each run, and of the processor.
type answer struct {
	Wall    []float64 `json:"wall,omitempty"`
	CPU     float64   `json:"cpu,omitempty"` // of one run, on average
	Shapes  [][]int   `json:"shapes,omitempty"`
	MAE     float64   `json:"mae,omitempty"`
	Epochs  int       `json:"epochs,omitempty"`
	Version string    `json:"version,omitempty"`
}

func main() {
	dir := flag.String("dir", ".", "folder for weights and data")
	flag.Parse()
	w := &worker{dir: *dir, engine: native.New(native.Options{})}
	if err := w.serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type worker struct {
	dir    string
	engine nn.Engine
}

func (w *worker) serve() error {
	lines, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return err
		}
		a, err := w.answer(q)
		if err != nil {
			return fmt.Errorf("%s %s: %w", q.Do, q.Network, err)
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (w *worker) answer(q question) (answer, error) {
	runtime.GOMAXPROCS(max(1, q.Threads))
	switch q.Do {
	case "hello":
		return answer{Version: runtime.Version()}, nil
	case "load":
		return w.load(q)
	case "step":
		return w.step(q)
	case "predict":
		return w.predict(q)
	case "job":
		return w.job(q)
	}
	return answer{}, fmt.Errorf("there is no such question")
}

// clocked times some runs of work.
func clocked(repeat int, work func() error) (answer, error) {
	a, cpu := answer{Wall: make([]float64, 0, repeat)}, processor()
	for range repeat {
		start := time.Now()
		if err := work(); err != nil {
			return a, err
		}
		a.Wall = append(a.Wall, time.Since(start).Seconds())
	}
	a.CPU = (processor() - cpu) / float64(repeat)
	return a, nil
}

// processor returns the seconds that this process has kept processors busy.
func processor() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// write leaves values in the folder.
func (w *worker) write(name string, values []float32) error {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return os.WriteFile(filepath.Join(w.dir, name+".f32"), data, 0o644)
}

// noise returns rows of fractional Gaussian noise, standardised, and their H, uniform in 0.1 to 0.9.
func noise(stage string, rows, n int) (x []float32, y []float32, err error) {
	generator, series := process.NewFGN(n), make([]float64, n)
	for i := range rows {
		rng := process.Source(1, "peers/"+stage, uint64(i))
		h := 0.1 + 0.8*rng.Float64()
		if err := generator.Generate(series, h, rng); err != nil {
			return nil, nil, err
		}
		var mean, square float64
		for _, v := range series {
			mean += v / float64(n)
		}
		for _, v := range series {
			square += (v - mean) * (v - mean) / float64(n)
		}
		for _, v := range series {
			x = append(x, float32((v-mean)/math.Sqrt(square)))
		}
		y = append(y, float32(h))
	}
	return x, y, nil
}
