#!/usr/bin/env bash
# Runs a test suite of a project in separate containers, which are removed afterwards: docker/suite.sh PROJECT SUITE [COMMAND…]
# A running server is not affected: network, names and port belong to this run. The exit status is that of the suite.
set -euo pipefail
project=$1 suite=$2
shift 2
RUN=${RUN:-$suite-$$}
. "$(dirname "$0")/lib.sh"
export SERVERY_NETWORK=servery-$project-$RUN SERVERY_PORT=0 WATCH=false # 0: the engine picks a free port
options=(--rm -T)
if [ "$suite" = load ]; then
  # A log line per request would change the measurements.
  export SERVERY_LOG_LEVEL=${SERVERY_LOG_LEVEL:-warn}
  # Outside development, the production image is measured.
  if [ "$ENVIRONMENT" != dev ]; then
    export TARGET=production
    compose build serve
    DOCKER_IMAGE_ID=$(docker image inspect --format '{{.Id}}' "${REGISTRY:-local}/$project-serve:${IMAGE_TAG:-dev}-production")
    export DOCKER_IMAGE_ID
  fi
  for name in "${!SERVERY_LOAD_@}" "${!GITHUB_@}" "${!RUNNER_@}"; do
    [[ $name = *TOKEN* ]] || options+=(--env "$name")
  done
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || options+=(--volume "$GITHUB_STEP_SUMMARY:$GITHUB_STEP_SUMMARY")
fi

trap tear_down EXIT
trap 'exit 130' INT TERM
prepare
status=0
compose --profile "$suite" run "${options[@]}" "serve-$suite" "$@" || status=$?
if server_has_ended; then
  [ "$status" -ne 0 ] || status=1
elif [ "$status" -ne 0 ] && docker inspect "$server" >/dev/null 2>&1 && [ -n "$(last_lines)" ]; then
  echo "The last log lines of the server:" >&2
  last_lines >&2
fi
[ "$status" -eq 0 ] || echo "The $suite suite of $project failed with exit status $status." >&2
exit "$status"
