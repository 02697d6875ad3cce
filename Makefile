# Servery. `make help` lists all targets; the targets of projects are in docker/project.mk.
SHELL := bash
.DEFAULT_GOAL := help

include docker/project.mk

NODE_MODULES := node_modules/.package-lock.json
JEST := NODE_OPTIONS='--experimental-vm-modules --no-warnings=ExperimentalWarning' node_modules/.bin/jest

.PHONY: help install build check lint format types docs bench bench.engine bench.before bench.start bench.models bench.load bench.peers test test.containers test.chaos test.registry chaos registry.start registry.stop registry.install registry.record bench.registry

help: ## List all targets
	@awk -F':.*## ' '/^[a-z.%\/-]+:.*## /{printf "  %-32s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  COMPONENT=serve|compile|train  RUNTIME=auto|docker|host  ENVIRONMENT=dev|ci  DEVICE=cpu|gpu|neuron"
	@echo "  projects.<verb>-all runs a target for every project. TARGET=development|production  RUN, IMAGE_TAG, REGISTRY: names of"
	@echo "  containers and images (docker/README.md). WITHOUT_DOCKER=true is RUNTIME=host."

$(NODE_MODULES): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

install: $(NODE_MODULES) ## Install the dependencies that package-lock.json pins

build: install ## Compile every package
	@node_modules/.bin/tsc --build
	@node libs/schema/bundle.js

lint: install ## Lint, check the format and the imports between folders
	node_modules/.bin/biome check
	node scripts/check-rooms.js

format: install ## Format everything and apply the fixes of the linter
	node_modules/.bin/biome check --write

types: build ## Type-check sources and tests
	@node_modules/.bin/tsc --project tsconfig.tests.json

docs: build ## Generate pages of docs/ from the code
	node scripts/write-reference.js

check: lint types ## Lint and type-check

bench: build models/keywords ## Benchmark the start and one 100-word document of keywords, and lsh against datasketch (Python, from PyPI)
	@node bench/keywords.js
	@node bench/lsh.js

bench.engine: build models/keywords ## Benchmark the engine against the bare runtime and other batch policies (20 minutes)
	@node bench/engine/run.js

bench.before: build models/keywords ## Benchmark the engine of this checkout against the one built in BEFORE=<folder>
	@node bench/engine/before.js $(BEFORE)

bench.start: build models/keywords ## Benchmark the start of keywords and the memory of a worker, against the checkout built in BEFORE=<folder> if set
	@node bench/engine/start.js $(BEFORE)

bench.models: build models/keywords models/ner models/sentiment ## Benchmark many models in one server, and one model on shared workers, against the checkout built in BEFORE=<folder> if set (40 minutes)
	@status=0; for each in "isolation $(BEFORE)" memory neighbours projects churn; do \
	  set -- $$each; echo "== $$1"; node bench/models/$$1.js $${2:+"$$2"} || status=1; done; exit $$status

bench.load: build models/keywords ## Check the load suite against known latencies and against oha, an independent tool
	@node bench/load/run.js

bench.peers: build models/keywords ## Benchmark Servery against FastAPI and MLServer (Python, from PyPI)
	@node bench/peers/run.js
	@node bench/peers/cheap.js

bench.registry: build registry.install ## Benchmark the push and download of a 2 GB version with MLflow: seconds and memory
	@node bench/registry.js

test: build $(addprefix models/,$(PROJECTS)) ## Run all unit, integration and functional tests on this machine
	@node scripts/run-tests.js

test.chaos: build models/keywords ## Run the short chaos tests: crashes, stalls, overload, shutdowns, rollouts, hostile clients
	@TIER=chaos node scripts/run-tests.js --only libs/serving/tests/chaos/

chaos: build models/keywords ## Run the long chaos tests, then with injected faults; writes docs/reliability.md (45 minutes)
	@node scripts/chaos.js

test.registry: build registry.install ## Run the registry tests with a real MLflow server and a real S3 server on this machine
	@TIER=registry node scripts/run-tests.js --only tests/registry/

registry.record: build registry.install ## Record the answers of the pinned MLflow server again, for the unit tests
	@RECORD=true TIER=registry node scripts/run-tests.js --only tests/registry/recordings

registry.install: ## Install the MLflow server and the S3 server of pins.env, if missing (Python, Go)
	@docker/registry/install.sh

registry.start: ## Start an MLflow server for development on 127.0.0.1:5000; DETACH=true runs it in the background
	@docker/registry/stack.sh start $(IN)

registry.stop: ## Stop the MLflow server that runs in the background
	@docker/registry/stack.sh stop

test.containers: build ## Run the container tests: targets, compose files and the production image on a Docker engine
	@TIER=containers node scripts/run-tests.js --only tests/containers/
