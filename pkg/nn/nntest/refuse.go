package nntest

import (
	"fmt"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// Refuses checks that an engine answers bad input with an error, and neither panics nor goes on:
// batches larger, longer or shorter than said, weights and vectors of wrong sizes, and calls out
// of order.
func Refuses(t *testing.T, e nn.Engine) {
	t.Helper()
	all := varying("any length", 2, 4, []int{6, 5, 8}, conv(3, 3, 1), layer(nn.BatchNorm), layer(nn.MeanPool))
	one := fixed("one length", 2, 6, conv(3, 3, 1), layer(nn.BatchNorm), layer(nn.MeanPool))
	flat := vector("vectors", 3, point(), dense(2), layer(nn.BatchNorm))
	for _, c := range []Case{all, one, flat} {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			refuses(t, e, c)
		})
	}
}

func refuses(t *testing.T, e nn.Engine, c Case) {
	p, good := c.Plan(t), c.Batch(c.Rows, 7)
	w := Weights(p, 5)
	outputs, grad := make([]float32, good.Rows*p.Outputs()), make([]float32, p.Size)
	trainer, predictor := newTrainer(t, e, p, size(good, 1)), newPredictor(t, e, p, size(good, 1))

	refused(t, "backward before forward", func() error { return trainer.Backward(grad, outputs) })
	refused(t, "predict before weights", func() error { return predictor.Predict(outputs, good) })
	refused(t, "training of more than any memory", func() error { return train(e, p, nn.Size{Rows: 1 << 40, Length: good.Length}) })
	for _, create := range []func(nn.Engine, *nn.Plan, nn.Size) error{train, predict} {
		refused(t, "no rows reserved", func() error { return create(e, p, nn.Size{Rows: 0, Length: good.Length}) })
		if c.Spec.Input.Series {
			refused(t, "no length reserved", func() error { return create(e, p, nn.Size{Rows: 1}) })
		}
	}

	for name, bad := range badWeights(w) {
		refused(t, name, func() error { return predictor.SetWeights(bad) })
		refused(t, name, func() error { return trainer.Forward(outputs, bad, good, pass()) })
	}
	check(t, predictor.SetWeights(w), "set weights")
	for name, bad := range badBatches(c, good) {
		dst := make([]float32, max(0, bad.Rows)*p.Outputs())
		refused(t, name, func() error { return predictor.Predict(dst, bad) })
		refused(t, name, func() error { return trainer.Forward(dst, w, bad, pass()) })
	}
	refused(t, "outputs of wrong size", func() error { return predictor.Predict(outputs[1:], good) })
	refused(t, "outputs of wrong size", func() error { return trainer.Forward(outputs[1:], w, good, pass()) })

	check(t, predictor.Predict(outputs, good), "predict after errors")
	check(t, trainer.Forward(outputs, w, good, pass()), "forward after errors")
	refused(t, "gradient of wrong size", func() error { return trainer.Backward(grad[1:], outputs) })
	refused(t, "gradient of the outputs of wrong size", func() error { return trainer.Backward(grad, outputs[1:]) })
	check(t, trainer.Backward(grad, outputs), "backward after errors")
}

// train and predict make a trainer or a predictor, and close it again.
func train(e nn.Engine, p *nn.Plan, s nn.Size) error {
	trainer, err := e.NewTrainer(p, s)
	if err == nil {
		trainer.Close()
	}
	return err
}

func predict(e nn.Engine, p *nn.Plan, s nn.Size) error {
	predictor, err := e.NewPredictor(p, s)
	if err == nil {
		predictor.Close()
	}
	return err
}

func badWeights(w nn.Weights) map[string]nn.Weights {
	return map[string]nn.Weights{
		"no weights":          {},
		"a parameter short":   {Params: w.Params[1:], State: w.State},
		"a parameter too far": {Params: append(w.Clone().Params, 1), State: w.State},
		"a moment short":      {Params: w.Params, State: w.State[1:]},
	}
}

func badBatches(c Case, good *nn.Batch) map[string]*nn.Batch {
	change := func(f func(b *nn.Batch)) *nn.Batch {
		b := *good
		b.Lengths = append([]int(nil), good.Lengths...)
		if good.Lengths == nil {
			b.Lengths = nil
		}
		f(&b)
		return &b
	}
	bad := map[string]*nn.Batch{
		"too many rows":  c.Batch(c.Rows+1, 7),
		"no rows":        change(func(b *nn.Batch) { b.Rows, b.X, b.Lengths = 0, nil, nil }),
		"negative rows":  change(func(b *nn.Batch) { b.Rows = -1 }),
		"values short":   change(func(b *nn.Batch) { b.X = b.X[1:] }),
		"values wanting": change(func(b *nn.Batch) { b.X = nil }),
	}
	if !c.Spec.Input.Series {
		return bad
	}
	channels := c.Spec.Input.Channels
	long := func(n int) *nn.Batch {
		return &nn.Batch{X: make([]float32, channels*n), Rows: 1, Length: n}
	}
	bad["no points"] = &nn.Batch{Rows: 1}
	bad["a negative length"] = &nn.Batch{Rows: 1, Length: -5}
	bad["too short"] = long(3)
	bad["too long"] = long(good.Length + 1)
	if c.Lengths == nil {
		bad["another length"] = change(func(b *nn.Batch) { b.Lengths = repeat(b.Rows, b.Length-1) })
		return bad
	}
	bad["a length too few"] = change(func(b *nn.Batch) { b.Lengths = b.Lengths[1:] })
	for _, n := range []int{-1, 0, 3, good.Length + 1} {
		bad[fmt.Sprintf("a series of %d points", n)] = change(func(b *nn.Batch) { b.Lengths[1] = n })
	}
	return bad
}

func repeat(n, v int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = v
	}
	return all
}

// refused checks that f returns an error and does not panic.
func refused(t *testing.T, what string, f func() error) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panics: %v", what, r)
		}
	}()
	if err := f(); err == nil {
		t.Errorf("%s: no error", what)
	}
}
