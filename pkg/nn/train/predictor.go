package train

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Predictor answers for series, or vectors of features, as they are given by users: it makes a
// network's inputs of them as training did. With several networks it gives the mean of their
// answers. It is not safe for concurrent use.
type Predictor struct {
	plan    *nn.Plan
	inputs  Inputs
	size    nn.Size
	engines []nn.Predictor // one for each network
	x, out  []float32
	lengths []int
	order   []int
}

// NewPredictor prepares to answer for batches of at most size.Rows samples of at most size.Length
// points each, with networks of one plan and the same inputs. Larger batches are divided.
func NewPredictor(e nn.Engine, size nn.Size, networks ...*Network) (*Predictor, error) {
	if len(networks) == 0 {
		return nil, errors.New("predict: there is no network")
	}
	first := networks[0]
	if err := first.Check(); err != nil {
		return nil, fmt.Errorf("predict: network 0: %w", err)
	}
	p := &Predictor{plan: first.Plan, inputs: first.Inputs, size: size}
	p.reserve()
	for i, n := range networks {
		if err := p.add(e, n, first); err != nil {
			p.Close()
			return nil, fmt.Errorf("predict: network %d: %w", i, err)
		}
	}
	return p, nil
}

// reserve takes the memory that the size asks for.
func (p *Predictor) reserve() {
	rows, in := max(1, p.size.Rows), p.plan.Spec.Input
	length := 1
	if in.Series {
		length = max(p.size.Length, in.Length, in.MinLength)
	}
	p.size = nn.Size{Rows: rows, Length: length, Threads: max(1, p.size.Threads)}
	p.lengths = make([]int, rows)
	p.x = make([]float32, rows*length*in.Channels)
	p.out = make([]float32, rows*p.plan.Outputs())
}

func (p *Predictor) add(e nn.Engine, n, first *Network) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := n.of(first.Plan); err != nil {
		return err
	}
	if !slices.Equal(n.Inputs.Mean, first.Inputs.Mean) || !slices.Equal(n.Inputs.Scale, first.Inputs.Scale) {
		return errors.New("its inputs are not those of the first")
	}
	engine, err := e.NewPredictor(n.Plan, p.size)
	if err != nil {
		return err
	}
	p.engines = append(p.engines, engine)
	return engine.SetWeights(n.Weights)
}

// Outputs returns how many values there are for each sample.
func (p *Predictor) Outputs() int { return p.plan.Outputs() }

// Close frees what the engine has.
func (p *Predictor) Close() {
	for _, e := range p.engines {
		e.Close()
	}
}

// Predict writes the answers for samples to dst, Outputs() each and in the targets' unit: a point; a
// mean and a log variance; or quantiles, which are put in rising order. It fails where a sample is
// not what the network reads, then naming it, and panics where dst does not fit.
func (p *Predictor) Predict(dst []float64, samples [][]float64) error {
	width := p.Outputs()
	if len(dst) != width*len(samples) {
		panic(fmt.Sprintf("train: %d answers for %d samples of %d", len(dst), len(samples), width))
	}
	p.arrange(samples)
	for from := 0; from < len(samples); from += p.size.Rows {
		part := p.order[from:min(from+p.size.Rows, len(samples))]
		if err := p.predict(dst, samples, part); err != nil {
			return err
		}
	}
	return nil
}

// arrange orders samples by length, so that batches have little padding.
func (p *Predictor) arrange(samples [][]float64) {
	p.order = p.order[:0]
	same := true
	for i, x := range samples {
		p.order = append(p.order, i)
		same = same && len(x) == len(samples[0])
	}
	if !same {
		slices.SortStableFunc(p.order, func(a, b int) int { return cmp.Compare(len(samples[a]), len(samples[b])) })
	}
}

func (p *Predictor) predict(dst []float64, samples [][]float64, part []int) error {
	b, err := p.batch(samples, part)
	if err != nil {
		return err
	}
	width := p.Outputs()
	out := p.out[:len(part)*width]
	for k, e := range p.engines {
		if err := e.Predict(out, &b); err != nil {
			return fmt.Errorf("predict: %w", err)
		}
		for r, i := range part {
			p.join(dst[i*width:][:width], out[r*width:][:width], k)
		}
	}
	return nil
}

// batch makes the inputs of some samples, the shortest first.
func (p *Predictor) batch(samples [][]float64, part []int) (nn.Batch, error) {
	in := p.plan.Spec.Input
	b := nn.Batch{Rows: len(part), Length: 1}
	if in.Series {
		b.Length = len(samples[part[len(part)-1]])
	}
	for r, i := range part {
		if err := p.fits(len(samples[i])); err != nil {
			return b, fmt.Errorf("sample %d: %w", i, err)
		}
		p.lengths[r] = len(samples[i])
	}
	width := b.Length * in.Channels
	b.X = p.x[:len(part)*width]
	if in.Series && p.lengths[0] != b.Length {
		b.Lengths = p.lengths[:len(part)]
	}
	for r, i := range part {
		row := b.X[r*width:][:width]
		if err := p.inputs.encode(row, in.Channels, samples[i]); err != nil {
			return b, fmt.Errorf("sample %d: %w", i, err)
		}
		if in.Series {
			clear(row[len(samples[i])*in.Channels:])
		}
	}
	return b, nil
}

func (p *Predictor) fits(n int) error {
	in := p.plan.Spec.Input
	switch {
	case !in.Series && n != in.Channels:
		return fmt.Errorf("%d features: want %d", n, in.Channels)
	case in.Series && in.Length > 0 && n != in.Length:
		return fmt.Errorf("%d points: the network reads %d", n, in.Length)
	case in.Series && (n < in.MinLength || n > p.size.Length):
		return fmt.Errorf("%d points: want %d to %d", n, max(in.MinLength, 1), p.size.Length)
	}
	return nil
}

// join takes network k's answer into the mean of all. Of Gaussians it is mean and variance of their
// mixture: B. Lakshminarayanan, A. Pritzel, C. Blundell, Deep ensembles, NeurIPS 2017, section 2.4.
func (p *Predictor) join(dst []float64, out []float32, k int) {
	head := p.plan.Spec.Head
	n := float64(k + 1)
	if head.Kind == nn.Gaussian {
		mean, variance := float64(out[0]), math.Exp(float64(out[1]))
		if k == 0 {
			dst[0], dst[1] = mean, float64(out[1])
			return
		}
		away := mean - dst[0]
		old := math.Exp(dst[1])
		dst[0] += away / n
		dst[1] = math.Log(old + (variance-old)/n + float64(away*away)*(n-1)/(n*n))
		return
	}
	for j, v := range out {
		if k == 0 {
			dst[j] = 0
		}
		dst[j] += (float64(v) - dst[j]) / n
	}
	if head.Kind == nn.Quantiles && k == len(p.engines)-1 {
		slices.Sort(dst)
	}
}
