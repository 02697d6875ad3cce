# The targets of project.mk in containers: this machine needs only make, a shell and a Docker engine.
IMAGE = $(or $(REGISTRY),local)/$*-serve:$(or $(IMAGE_TAG),dev)

in-docker.build/%:
	@docker/build-base.sh $(DEVICE) --if-missing
	@docker/compose.sh $* build serve

in-docker.start/%: in-docker.build/%
	@docker/task.sh $* download-model
	@docker/start.sh $*

in-docker.run/%: in-docker.build/%
	@docker/task.sh $* $(TASK)

in-docker.unit/%: in-docker.build/%
	@docker/suite.sh $* unit

in-docker.build/host:
	@docker/build-base.sh $(DEVICE) --if-missing
	@docker/compose.sh host build host

in-docker.start/host: in-docker.build/host
	@$(if $(MODELS_DIR),:,docker/task.sh host download-models)
	@docker/start.sh host

define docker-suite
in-docker.$(1)/%: in-docker.build/%
	@docker/task.sh $$* download-model
	@docker/suite.sh $$* $(1)
endef
$(foreach suite,integration functional load,$(eval $(call docker-suite,$(suite))))

in-docker.sweep/%: in-docker.build/%
	@docker/task.sh $* download-model
	@docker/suite.sh $* load node libs/load-testing/dist/run-sweep.js $(SERVE)

in-docker.test/%: in-docker.build/%
	@docker/suite.sh $* unit
	@docker/task.sh $* download-model
	@docker/suite.sh $* integration
	@docker/suite.sh $* functional

in-docker.deploy/%:
	@test -n "$(REGISTRY)" || { echo "Set REGISTRY to the registry of images, for example registry.example.org/nlp." >&2; exit 2; }
	@$(if $(filter true,$(PREBUILT)),:,$(MAKE) --no-print-directory in-docker.build/$* TARGET=production)
	docker tag $(IMAGE)-production $(IMAGE)
	docker push $(IMAGE)
