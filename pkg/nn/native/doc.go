// Package native trains and runs neural networks on the processor.
//
// A plan's nodes become ops, neighbours fused where one pass over the values can do the work of
// several. Each op is cut into stages, and stages that treat every series by itself are gathered, so
// that a series passes several layers while it is in the cache. Where an op needs the whole batch,
// as batch norm does, all workers wait for each other.
//
// Sums over a batch have one order: the batch is cut into chunks whose number depends on its size
// alone, each chunk has its own sums, and these are added in the order of the chunks. The number of
// threads decides only who computes a chunk. Products are single chains, see [kernel.MatMul].
//
// All memory is reserved when a trainer or a predictor is made; steps allocate nothing.
package native
