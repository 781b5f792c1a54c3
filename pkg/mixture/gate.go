package mixture

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// GateOutputs returns how many numbers a network gives a [Gate]: a weight for each expert and one for
// the free component, a temper for each expert, and where the free component is and how wide.
func GateOutputs() int { return 2*experts + 3 }

// Gate turns a reading and the outputs of a network into a posterior distribution of H,
//
//	p(H) = Σ_k w_k p_k(H)^{t_k} / Z_k + w_0 N(H; m, s²),   w = softmax, t_k = exp(0.3 tanh c_k),
//
// on [Grid], p_k being the expert's likelihood under a uniform prior. It has a backward pass, so that
// the network can be trained. It is not safe for concurrent use, and takes no memory after it is made.
type Gate struct {
	set     kernel.Set
	fine    []float32           // of the reading
	share   [components]float64 // w; that of the free component comes last
	density [][]float32         // p_k, by component, each of sum one
	temper  [experts]float64    // t
	slope   [experts]float64    // dt/dc
	log     []float32           // of the posterior
	mix     []float64           // the posterior, of sum one
	gain    []float64           // of the loss, by place
	mean    float64             // of the free component
	width   float64             // its standard deviation
	moves   [2]float64          // derivatives of mean and log width by their outputs
	masked  [components]bool    // what an assumption leaves out
	worth   [components]float64 // Σ gain·p_k
}

const components = experts + 1

// The free component's mean and width, and how far tempers go.
const (
	centre, reach   = 0.5, 0.48
	usualWidth      = -3.3 // log
	narrow, wide    = -5.5, -1
	temperReach     = 0.3
	crpsWeight      = 10
	nllWeight       = 0.1
	smallestDensity = 1e-12
)

// NewGate returns a gate.
func NewGate() *Gate {
	g := &Gate{set: kernel.Best(), log: make([]float32, fine), mix: make([]float64, fine), gain: make([]float64, fine)}
	for range components {
		g.density = append(g.density, make([]float32, fine))
	}
	return g
}

// Assume leaves out the experts of families that are not among those given, until the next call. None
// at all means that all are allowed.
func (g *Gate) Assume(families ...Family) {
	for i, e := range Experts() {
		g.masked[i] = len(families) > 0
		for _, f := range families {
			if e.Family == f {
				g.masked[i] = false
			}
		}
	}
}

// Load computes the posterior for a network's outputs and a reading, which it keeps until the next. It
// panics unless there are [GateOutputs] of them.
func (g *Gate) Load(outputs []float32, r *Reading) { g.LoadFine(outputs, r.Fine) }

// LoadFine is Load for a reading's likelihoods on the grid alone, [Reading.Fine].
func (g *Gate) LoadFine(outputs, likelihoods []float32) {
	if len(outputs) != GateOutputs() || len(likelihoods) != experts*fine {
		panic(fmt.Sprintf("mixture: %d outputs and %d likelihoods for a gate of %d and %d", len(outputs), len(likelihoods), GateOutputs(), experts*fine))
	}
	g.fine = likelihoods
	g.weigh(outputs[:components])
	for k, c := range outputs[components : components+experts] {
		t := math.Tanh(float64(c))
		g.temper[k] = math.Exp(temperReach * t)
		g.slope[k] = g.temper[k] * temperReach * (1 - t*t)
		g.expert(k)
	}
	g.free(float64(outputs[components+experts]), float64(outputs[components+experts+1]))
	clear(g.mix)
	for k, w := range g.share {
		if w > 0 {
			for i, p := range g.density[k] {
				g.mix[i] += w * float64(p)
			}
		}
	}
}

// weigh computes the components' shares.
func (g *Gate) weigh(logits []float32) {
	top, total := math.Inf(-1), 0.0
	for k, v := range logits {
		if !g.masked[k] {
			top = max(top, float64(v))
		}
	}
	for k, v := range logits {
		g.share[k] = 0
		if !g.masked[k] {
			g.share[k] = math.Exp(float64(v) - top)
		}
		total += g.share[k]
	}
	for k := range g.share {
		g.share[k] /= total
	}
}

// expert computes an expert's tempered posterior.
func (g *Gate) expert(k int) {
	p, t := g.density[k], float32(g.temper[k])
	if g.masked[k] {
		clear(p)
		return
	}
	for i, v := range g.fine[k*fine : (k+1)*fine] {
		p[i] = max(v*t, -80)
	}
	g.normalise(p)
}

// normalise replaces logarithms by a density of sum one.
func (g *Gate) normalise(p []float32) {
	top := largest(p)
	for i := range p {
		p[i] -= top
	}
	g.set.Exp(p, p)
	g.set.Scale(p, 1/g.set.Sum(p))
}

// free computes the free component.
func (g *Gate) free(place, spread float64) {
	t := math.Tanh(place)
	g.mean, g.moves[0] = centre+reach*t, reach*(1-t*t)
	log := spread + usualWidth
	g.moves[1] = 1
	if log < narrow || log > wide {
		g.moves[1], log = 0, max(narrow, min(wide, log))
	}
	g.width = math.Exp(log)
	p := g.density[experts]
	for i := range p {
		z := (lowest + float64(i)*fineStep - g.mean) / g.width
		p[i] = float32(max(-z*z/2, -80))
	}
	g.normalise(p)
}

// Posterior returns the logarithm of the posterior at [Grid], up to a constant: what [Quantile] takes.
// It is valid until the next Load.
func (g *Gate) Posterior() []float32 {
	for i, p := range g.mix {
		g.log[i] = float32(math.Log(max(p, smallestDensity)))
	}
	return g.log
}

// Share returns what part of the posterior a component has: an expert in the order of [Experts], or,
// after them, the free one.
func (g *Gate) Share(component int) float64 { return g.share[component] }
