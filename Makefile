# Servery. `make help` lists every target; the targets that every project has live in docker/project.mk.
SHELL := bash
.DEFAULT_GOAL := help

include docker/project.mk

NODE_MODULES := node_modules/.package-lock.json
JEST := NODE_OPTIONS='--experimental-vm-modules --no-warnings=ExperimentalWarning' node_modules/.bin/jest

.PHONY: help install build check lint format types docs bench bench.engine bench.before bench.load bench.peers test test.containers test.chaos test.registry chaos registry.start registry.stop registry.install registry.record bench.registry

help: ## List every target
	@awk -F':.*## ' '/^[a-z.%\/-]+:.*## /{printf "  %-32s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  COMPONENT=serve|compile|train  RUNTIME=auto|docker|host  ENVIRONMENT=dev|ci  DEVICE=cpu|gpu|neuron"
	@echo "  projects.<verb>-all runs a verb for every project. TARGET=development|production  RUN, IMAGE_TAG, REGISTRY: names of"
	@echo "  containers and images (docker/README.md). WITHOUT_DOCKER=true is RUNTIME=host."

$(NODE_MODULES): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

install: $(NODE_MODULES) ## Install the dependencies that package-lock.json pins

build: install ## Compile every package
	@node_modules/.bin/tsc --build

lint: install ## Lint, format check and the room check
	node_modules/.bin/biome check
	node scripts/check-rooms.js

format: install ## Format everything and mend what the linter can
	node_modules/.bin/biome check --write

types: build ## Type-check the sources and the tests
	@node_modules/.bin/tsc --project tsconfig.tests.json

docs: build ## Write the generated pages of docs/ from the code
	node scripts/write-reference.js

check: lint types ## Lint and type-check

bench: build models/keywords ## Measure start to ready and one 100-word document of keywords, and lsh beside datasketch (Python, from PyPI)
	@node bench/keywords.js
	@node bench/lsh.js

bench.engine: build models/keywords ## Measure the engine against the bare runtime and other batch policies (20 minutes)
	@node bench/engine/run.js

bench.before: build models/keywords ## Measure the engine of this checkout over the one built in BEFORE=<folder>
	@node bench/engine/before.js $(BEFORE)

bench.load: build models/keywords ## Measure the load suite against known times and beside oha, an independent tool
	@node bench/load/run.js

bench.peers: build models/keywords ## Measure Servery beside FastAPI and MLServer (Python, from PyPI)
	@node bench/peers/run.js
	@node bench/peers/cheap.js

bench.registry: build registry.install ## Measure a version of 2 GB to MLflow and back: seconds and memory
	@node bench/registry.js

test: build $(addprefix models/,$(PROJECTS)) ## Unit, integration and functional tests of everything, on this machine
	@node scripts/run-tests.js

test.chaos: build models/keywords ## Chaos tests, short: death, stalls, overload, drains, rollouts, hostile callers
	@TIER=chaos node scripts/run-tests.js --only libs/serving/tests/chaos/

chaos: build models/keywords ## Chaos tests, long, then with planted faults; writes docs/reliability.md (45 minutes)
	@node scripts/chaos.js

test.registry: build registry.install ## Registry tests: a real MLflow server and a real S3 server on this machine
	@TIER=registry node scripts/run-tests.js --only tests/registry/

registry.record: build registry.install ## Record again what the pinned MLflow server answers, for the unit tests
	@RECORD=true TIER=registry node scripts/run-tests.js --only tests/registry/recordings

registry.install: ## Install the MLflow server and the S3 server that pins.env names, once (Python, Go)
	@docker/registry/install.sh

registry.start: ## Start an MLflow server for development on 127.0.0.1:5000; DETACH=true leaves it running
	@docker/registry/stack.sh start $(IN)

registry.stop: ## Stop what registry.start left running
	@docker/registry/stack.sh stop

test.containers: build ## Container tests: verbs, compose files and the production image on a Docker engine
	@TIER=containers node scripts/run-tests.js --only tests/containers/
