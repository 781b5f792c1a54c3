// Package nntest is the suite that every engine of pkg/nn must pass: gradients against finite
// differences, agreement with another engine, the same bits for any number of threads, batches of
// different lengths, and bad input that is refused. Its cases together cover every kind of layer
// and head.
//
// An engine's test calls the suite's functions, each as a subtest:
//
//	t.Run("gradients", func(t *testing.T) { nntest.Gradients(t, engine) })
//
// Each function takes the cases to run; none means all of [Specs].
package nntest
