# Every target works from a fresh clone with Go, gcc, git and make alone.
SHELL    := /bin/bash
GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
SERVICES := orchestrator datagen extractor trainer tuner deployer inference gateway
DATA     ?=
TESTFLAGS ?=
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@latest

.DEFAULT_GOAL := help
.PHONY: help build services run test integration race chaos chart lint generate verify accuracy calibrate bench bench-peers vulncheck clean

help: ## show this help
	@echo "Hurst: the Hurst exponent of a series, and how sure the answer is."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

build: ## build bin/hurst
	@mkdir -p bin
	$(GO) build -ldflags "$(LDFLAGS)" -o bin/hurst ./tools/hurst

services: ## build each service as a binary of its own, bin/<service>
	@mkdir -p bin
	$(GO) build -ldflags "$(LDFLAGS)" -o bin/ $(foreach s,$(SERVICES),./services/$(s)/cmd/$(s))

run: build ## the main job: generate, extract, tune, train, gate, promote, predict the Nile
	@bin/hurst quickstart $(if $(DATA),--data $(DATA))

test: ## the tests that need nothing but Go (≤ 5 minutes)
	$(GO) vet ./...
	$(GO) test $(TESTFLAGS) ./...

race: ## the same tests under the race detector
	$(GO) test -race ./...

integration: build services ## tests on real servers (redis-server must be installed)
	$(GO) test $(TESTFLAGS) -tags integration -count=1 -timeout 20m -p 1 ./pkg/job/... ./tests/system/... ./tests/e2e/... ./tests/badinput/...

chaos: build services ## kill -9 every service in turn, 30 times in one run
	$(GO) test -tags chaos -count=1 -timeout 20m -v ./tests/chaos/...

chart: ## lint, render and strictly decode the Helm chart (a Go module of its own)
	cd tests/chart && $(GO) test $(TESTFLAGS) -count=1 ./...

lint: ## gofmt, vet, staticcheck, golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt would change the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(GOLANGCI) run ./...

generate: ## write generated code anew
	$(GO) run ./tools/protogen
	$(GO) run ./tools/kernelgen

verify: generate ## fail if generated code is not what make generate writes
	@git diff --exit-code -- proto pkg/nn/kernel || { echo "generated code is out of date: commit what make generate wrote"; exit 1; }

accuracy: ## measure the accuracy tables (long)
	$(GO) test -tags accuracy -count=1 -timeout 120m -v ./tests/accuracy/...

calibrate: ## simulate the table of standard errors and biases anew (long)
	$(GO) run ./tools/calibrate

bench: build ## measure speed: hot paths, then tasks
	$(GO) test -run '^$$' -bench . -benchmem ./pkg/fft ./pkg/wavelet ./pkg/process ./pkg/contamination ./pkg/surrogate ./pkg/estimator ./pkg/feature ./pkg/nn/... ./pkg/artifact/s3
	bin/hurst bench tasks

bench-peers: ## time scipy, scikit-learn, PyTorch and others on the same work (needs python3 with them)
	tools/bench/peers/run.sh
	tools/bench/peers/learners.sh
	tools/bench/peers/networks.sh

vulncheck: ## known vulnerabilities in what we depend on (needs the vulnerability database)
	$(GO) run $(GOVULNCHECK) ./...

clean: ## remove what make built
	rm -rf bin dist
