# Targets with two hashes are shown by "make help".
GO ?= go
BIN := $(CURDIR)/bin
GOLANGCI_VERSION := v2.6.2
FUZZTIME ?= 3s
export GOFLAGS ?= -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench lint fmt build check clean torture

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: build ## build Perch and watch it work on simulators: no key, no network
	$(BIN)/perch demo --headless

build: $(BIN)/perch ## build perch into bin/

$(BIN)/perch: FORCE
	@command -v $(GO) >/dev/null || { echo "Perch is built with Go: install it from https://go.dev/dl/"; exit 1; }
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $@ ./app/perch

FORCE:

test: ## run all tests with the race detector, and each fuzz target for a few seconds
	@command -v gcc >/dev/null || { echo "The race detector needs gcc: apt-get install gcc"; exit 1; }
	$(GO) vet ./...
	$(GO) test -race -timeout 15m ./...
	$(MAKE) --no-print-directory fuzz

fuzz: ## run each fuzz target for FUZZTIME (default 3s)
	@set -e; for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$pkg/*_test.go | sed 's/func //'); do \
	    echo "fuzz $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg; \
	  done; done

torture: ## kill -9 hundreds of times and count (ROUNDS=300)
	ROUNDS=$${ROUNDS:-300} $(GO) test -count=1 -timeout 60m -run 'Kill9|PowerCut' -v ./app

bench: ## measure: ingest against HMAC only, latency, drain, memory, start
	$(GO) test -count=1 -timeout 20m -run '^TestBench' -bench-report -v ./app

lint: $(BIN)/golangci-lint ## run the linters
	$(BIN)/golangci-lint run ./...

fmt: $(BIN)/golangci-lint ## format the code
	$(BIN)/golangci-lint fmt ./...

$(BIN)/golangci-lint:
	@echo "Installing golangci-lint $(GOLANGCI_VERSION) into bin/: it holds the house rules."
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

check: test lint ## what the CI runs

clean: ## remove what was built
	rm -rf $(BIN) dist
