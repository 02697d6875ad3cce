#!/usr/bin/env bash
# Runs a one-shot task of a project in a container: docker/task.sh PROJECT download-model|upload-results
set -euo pipefail
project=$1 task=$2
RUN=${RUN:-$task-$$}
. "$(dirname "$0")/lib.sh"
# The shared network: a registry that runs beside is reached by its name.
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery} SERVERY_PORT=0

trap tear_down EXIT
trap 'exit 130' INT TERM
with_network compose --profile "$task" run --rm -T "serve-$task"
