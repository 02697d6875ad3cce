# The targets of project.mk on this machine, without containers.
ifneq ($(DEVICE),cpu)
export SERVERY_DEVICE ?= $(DEVICE)
endif

in-host.build/%: build
	@:

in-host.start/%: build models/%
	@$(if $(filter true,$(DETACH)),scripts/detached.sh start $*,echo "Starting $* on this host (no container); docs at http://127.0.0.1:$$(node scripts/port-of.js $*)/docs — Ctrl-C stops it."; exec node $(SERVE)/dist/model-server.js)

in-host.start/host: build
	@$(if $(MODELS_DIR),:,docker/download-models.sh)
	@export SERVERY_MODEL_REPOSITORY='$(if $(MODELS_DIR),$(abspath $(MODELS_DIR)))'; \
	  $(if $(filter true,$(DETACH)),scripts/detached.sh start host,echo "Starting the host on this machine (no container); docs at http://127.0.0.1:$$(node scripts/port-of.js host)/docs — Ctrl-C stops it."; exec node libs/serving/dist/host-command.js)

in-host.run/%: build
	@node $(SERVE)/dist/$(subst upload-results,upload-test-results,$(TASK)).js

define host-suite
in-host.$(1)/%: build models/%
	@node scripts/run-tests.js --only projects/$$*/serve/tests/$(1)/
endef
$(foreach suite,unit integration functional,$(eval $(call host-suite,$(suite))))

in-host.load/%: build models/%
	@node libs/load-testing/dist/run.js $(SERVE)

in-host.sweep/%: build models/%
	@node libs/load-testing/dist/run-sweep.js $(SERVE)

in-host.test/%: build models/%
	@node scripts/run-tests.js --only $(SERVE)/tests/

in-host.deploy/%:
	@echo "deploy pushes an image, so it needs a Docker engine: start one, or set RUNTIME=docker to see why none was found." >&2; exit 2

# Downloads the model version in the configuration of the project from the registry to models/.
models/%: build
	@node projects/$*/serve/dist/download-model.js
