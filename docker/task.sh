#!/usr/bin/env bash
# Runs a one-shot task of a project in a container: docker/task.sh PROJECT download-model|upload-results, or host download-models
set -euo pipefail
project=$1 task=$2
RUN=${RUN:-$task-$$}
. "$(dirname "$0")/lib.sh"
# The shared network, on which tasks reach a registry in containers by its name.
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery} SERVERY_PORT=0

# A container cannot reach 127.0.0.1 of this machine, but it can reach the registry of registry.start by its name.
case ${MLFLOW_TRACKING_URI:-} in http://127.0.0.1[:/]* | http://localhost[:/]*)
  if [ "$(docker inspect --format '{{.State.Running}}' servery-registry-mlflow-1 2>/dev/null)" != true ]; then
    echo "A container cannot reach MLFLOW_TRACKING_URI=$MLFLOW_TRACKING_URI: start the registry in containers (make registry.start RUNTIME=docker), or set RUNTIME=host." >&2
    exit 78
  fi
  # Links are opened from this machine.
  export SERVERY_REGISTRY_PAGES=${SERVERY_REGISTRY_PAGES:-$MLFLOW_TRACKING_URI}
  export MLFLOW_TRACKING_URI=http://mlflow:5000
  ;;
esac

trap tear_down EXIT
trap 'exit 130' INT TERM
with_network compose --profile "$task" run --rm -T "$service-$task"
