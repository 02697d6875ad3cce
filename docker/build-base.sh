#!/usr/bin/env bash
# Builds a base image: docker/build-base.sh cpu|gpu|neuron [--if-missing]
set -euo pipefail
cd "$(dirname "$0")/.."
device=$1
image=${REGISTRY:-local}/servery-$device:${BASE_IMAGE_TAG:-$(cat docker/base/VERSION)}
if [ "${2:-}" = --if-missing ] && docker image inspect "$image" >/dev/null 2>&1; then exit 0; fi
# BuildKit, which supports secrets, is not the default of every engine.
DOCKER_BUILDKIT=1 docker build --tag "$image" --file "docker/base/$device.Dockerfile" \
  --secret "id=npmrc,src=${NPMRC:-docker/no-secret}" --secret "id=ca,src=${CA_CERTIFICATES:-docker/no-secret}" docker/base
