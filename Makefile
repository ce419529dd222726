# Targets with two hashes are shown by "make help".
GO ?= go
BIN := $(CURDIR)/bin
GOLANGCI_VERSION := v2.6.2
# By count: with a time, "go test -fuzz" fails now and then when that is up (golang/go#75804).
FUZZTIME ?= 2000x
VERSION ?= $(shell sh packaging/version.sh)
# What tells all three programs their version.
NUMBER = -X perch/app/version.Number=$(VERSION)
# One set of flags for every build of the window: each further one costs minutes (OpenGL ES needs the least of them).
WINDOW_TAGS := gles,x11,migrated_fynedo
# The page for browsers, and how hard brotli tries: 11 takes minutes and is for what people download, 5 takes seconds.
# Emoji are written by the browser (app/web/page/pen.js); Fyne's own would be a third of the page.
WEB_TAGS := migrated_fynedo,no_emoji
WEB_QUALITY ?= 11
# What the tray (GTK) and the window (OpenGL, X11) are built with, and what their tests run in.
DESKTOP_BUILD := gcc libc6-dev pkg-config libgl-dev libegl-dev libgles-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev \
  libxi-dev libxxf86vm-dev libayatana-appindicator3-dev
DESKTOP_TEST := xvfb xauth openbox trayer xfce4-panel xfconf xdotool wmctrl imagemagick x11-utils xclip dbus-x11 gnome-keyring python3-dbus
# Every script: the window's pictures are held against them (150 MB; a test without them says so and skips).
FONTS := fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
# What the packages are made with.
DIST_BUILD := zip dpkg-dev binutils gcc-mingw-w64-x86-64 wixl msitools
# All packages that need neither cgo nor a display: the relay, and the views of the window.
HEADLESS = $(shell $(GO) list -e ./... | grep -v -e '^perch$$' -e '^perch/ui/perch-tray')
# Where goroutines meet. The race detector costs a second compilation of all that a package uses, and five times the time
# to run; so "make test" has it for these, and "make test-all" for the others too. Vet is a part of "make lint".
RACED := perch/app/control perch/bridge/account perch/bridge/engine perch/bridge/reach perch/bridge/schedule perch/bridge/sqlite perch/bridge/webhook
UNRACED = $(filter-out $(RACED),$(HEADLESS))
# One set of flags for building, testing and linting, since each further one compiles everything anew.
GOFLAGS := $(GOFLAGS) -buildvcs=false -trimpath
export GOFLAGS

# Where Windows is another world: files in use, rights, pipes, services.
WINE := ./app/acl ./app/backup ./app/config ./app/control ./app/logging ./app/service ./app/settings ./bridge/secret ./bridge/sharing ./bridge/sqlite

.DEFAULT_GOAL := help
.PHONY: help demo build window tray web test test-all test-repeat race-needs test-desktop test-web test-service test-wine fuzz hostile oracle torture bench bench-check bench-baseline lint fmt check clean desktop-deps screenshots dist test-dist FORCE

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2}'

demo: build ## build Perch and watch it work on simulators: no key, no network
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then echo "There is no display here, so the demo speaks in words."; $(BIN)/perch demo --headless; \
	else $(MAKE) --no-print-directory window tray && $(BIN)/perch demo; fi

build: $(BIN)/perch ## build perch into bin/ (needs Go only)

$(BIN)/perch: FORCE
	@command -v $(GO) >/dev/null || { echo "Perch is built with Go: install it from https://go.dev/dl/"; exit 1; }
	CGO_ENABLED=0 $(GO) build -ldflags "-s -w $(NUMBER)" -o $@ ./app/perch

window: desktop-deps ## build perch-window into bin/ (the first time takes minutes)
	$(GO) build -tags $(WINDOW_TAGS) -ldflags "$(NUMBER)" -o $(BIN)/perch-window .

tray: desktop-deps ## build perch-tray into bin/
	$(GO) build -ldflags "$(NUMBER)" -o $(BIN)/perch-tray ./ui/perch-tray

web: ## build the page for browsers into bin/ (perch web): needs Go only; the first time takes minutes
	GOOS=js GOARCH=wasm CGO_ENABLED=0 $(GO) build -tags $(WEB_TAGS) -ldflags "-s -w $(NUMBER)" -o $(BIN)/perch.wasm .
	CGO_ENABLED=0 $(GO) run ./packaging/web -quality $(WEB_QUALITY) $(BIN)/perch.wasm "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" $(VERSION) $(BIN)/perch-web.zip
	cp $(BIN)/perch-web.zip app/web/bundle/perch-web.zip
	rm $(BIN)/perch.wasm

desktop-deps:
	@missing=$$(for p in $(DESKTOP_BUILD); do dpkg -s $$p >/dev/null 2>&1 || printf '%s ' $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing what the tray and the window are built with:" $$missing; \
	  $$([ $$(id -u) = 0 ] || echo sudo) sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing"; fi

test: race-needs ## run the tests that show whether the code works (minutes; the race detector where goroutines meet)
	CGO_ENABLED=0 $(GO) test -short -vet=off $(UNRACED)
	$(GO) test -short -vet=off -race $(RACED)

test-all: test ## run also what takes long: more rounds, the race detector everywhere, fuzzing
	$(GO) test -vet=off -race -timeout 20m $(HEADLESS)
	$(MAKE) --no-print-directory hostile fuzz

test-repeat: ## run make test N times (10) beside a busy loop on each core, to find tests that fail now and then
	@sh .ci/repeat $${N:-10}

race-needs:
	@command -v gcc >/dev/null || { echo "The race detector needs gcc: apt-get install gcc libc6-dev"; exit 1; }

test-desktop: desktop-deps ## build tray and window and drive them on a display of their own
	@missing=$$(for p in $(DESKTOP_TEST) $(FONTS); do dpkg -s $$p >/dev/null 2>&1 || printf '%s ' $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing what the tests of the desktop run in:" $$missing; \
	  $$([ $$(id -u) = 0 ] || echo sudo) sh -c "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing"; fi
	$(MAKE) --no-print-directory build window tray
	$(GO) test -tags desktop -count=1 -timeout 20m ./app ./app/desk ./ui ./ui/typeset ./ui/perch-tray/...
	$(GO) test -tags desktop -count=1 -timeout 10m -run "Keyring|Killed|Window|WithoutOpenGL" ./app/e2e

test-web: ## build the page and try it in a real browser (Chromium); skips with words where there is none
	$(MAKE) --no-print-directory web WEB_QUALITY=5
	CGO_ENABLED=0 $(GO) test -vet=off -tags web -count=1 -timeout 15m -run "^Test(Page|TwoPages|NobodyGetsIn)" -v ./app/e2e

test-service: build ## run Perch under a systemd of its own: crash, hang, stop, restart (as root; needs systemd)
	$(GO) test -vet=off -count=1 ./app/service ./app/notify
	sh packaging/test/service.sh $(BIN)/perch
	sh packaging/test/service-system.sh $(BIN)/perch

test-wine: ## run what is different on Windows under Wine (needs wine64 and gcc-mingw-w64-x86-64)
	sh packaging/test/wine.sh $(WINE)

dist: desktop-deps ## make what people download into dist/: archives, deb, rpm, MSI (on Debian; minutes)
	@missing=$$(for p in $(DIST_BUILD); do dpkg -s $$p >/dev/null 2>&1 || printf '%s ' $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing what the packages are made with:" $$missing; \
	  $$([ $$(id -u) = 0 ] || echo sudo) sh -c "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing"; fi
	sh packaging/dist/run.sh dist

test-dist: desktop-deps ## make it twice and compare, then install, upgrade and remove the packages in a clean Debian (as root)
	sh packaging/dist/test.sh

screenshots: desktop-deps ## make the pictures in docs/screenshots anew
	THEMES=light PAGES="overview traffic attention settings wizard" sh packaging/screenshots.sh docs/screenshots
	THEMES=dark PAGES="overview limits logs" sh packaging/screenshots.sh docs/screenshots

hostile: ## run HOSTILE (5000) seeded odd answers, events and replies over the real relay
	CGO_ENABLED=0 HOSTILE=$${HOSTILE:-5000} $(GO) test -vet=off -count=1 -timeout 40m -run TestNothingFromOutsideStopsPerch -v ./app/e2e

fuzz: ## run each fuzz target for FUZZTIME (default 2000x, that many inputs)
	@set -e; for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' app bridge ui assets | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | sed 's/func //'); do \
	    echo "fuzz $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x ./$$pkg; \
	  done; done

oracle: $(BIN)/oracle/node_modules ## hold bridge/xchat against X's own Chat SDK, ROUNDS=1000 messages each way (needs node and npm)
	CGO_ENABLED=0 PERCH_ORACLE=$(BIN)/oracle/node_modules $(GO) test -vet=off -count=1 -timeout 60m -v ./bridge/xchat/oracle
	CGO_ENABLED=0 PERCH_ORACLE=$(BIN)/oracle/node_modules $(GO) test -vet=off -count=1 -run '^TestOracle' -v ./bridge/xchat/stream ./bridge/xchat/juicebox

$(BIN)/oracle/node_modules: bridge/xchat/oracle/package-lock.json
	@command -v npm >/dev/null || { echo "X's own programs run in node: install it from https://nodejs.org/"; exit 1; }
	mkdir -p $(BIN)/oracle
	cp bridge/xchat/oracle/package.json bridge/xchat/oracle/package-lock.json $(BIN)/oracle/
	cd $(BIN)/oracle && npm ci --ignore-scripts --no-audit --no-fund && touch node_modules

torture: ## kill -9 ROUNDS (1000) times and cut the power half as often, in one go; SEED=… repeats a run (needs strace)
	CGO_ENABLED=0 ROUNDS=$${ROUNDS:-1000} $(GO) test -vet=off -count=1 -parallel 3 -timeout $$((900 + $${ROUNDS:-1000} * 12))s -run '^TestTorture$$' -v ./app/e2e

bench: ## measure: ingest against servers that store nothing, drain, commits, latency, memory, start (MILLION=1: long journals)
	BENCH=1 BENCH_OUT=$(BIN)/bench.json CGO_ENABLED=0 .ci/undisturbed $(GO) test -vet=off -count=1 -timeout 40m -run "^TestBench" -v ./app/e2e
	@if [ -n "$$MILLION" ]; then CGO_ENABLED=0 $(GO) test -vet=off -run '^$$' -bench Million -benchtime 1x -timeout 60m ./bridge/sqlite; \
	else echo "MILLION=1 make bench measures a journal of a million messages too"; fi

bench-check: ## measure for two minutes and fail where a ratio is more than 20 % worse than the baseline (app/e2e/testdata/bench.json)
	BENCH=check CGO_ENABLED=0 .ci/undisturbed $(GO) test -vet=off -count=1 -timeout 20m -run '^TestBench$$' -v ./app/e2e

bench-baseline: ## write that baseline anew
	BENCH=baseline CGO_ENABLED=0 .ci/undisturbed $(GO) test -vet=off -count=1 -timeout 20m -run '^TestBench$$' -v ./app/e2e

lint: $(BIN)/golangci-lint desktop-deps ## run the linters
	$(BIN)/golangci-lint run --build-tags $(WINDOW_TAGS) ./...

fmt: $(BIN)/golangci-lint ## format the code
	$(BIN)/golangci-lint fmt ./...

$(BIN)/golangci-lint:
	@echo "Installing golangci-lint $(GOLANGCI_VERSION) into bin/: it holds the house rules."
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

check: test-all lint test-desktop ## what the CI runs

clean: ## remove what was built
	rm -rf $(BIN) dist

FORCE:
