// Package system runs the whole of Hurst for the tests that look at it from outside, in each of the
// ways that people run it: `hurst up` in one process, `hurst up --processes`, and every service as a
// program of its own against a real redis-server, nats-server and S3 server.
//
// Each [System] is a data directory, the programs that were started over it, and the connections
// that a client has. Whatever a test does, nothing outlives it.
package system
