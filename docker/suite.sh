#!/usr/bin/env bash
# Runs one suite of a project in containers of its own and leaves nothing behind: docker/suite.sh PROJECT SUITE
# A running server is neither used nor disturbed: network, names and port belong to this run. Exit status: the suite's.
set -euo pipefail
project=$1 suite=$2
RUN=${RUN:-$suite-$$}
. "$(dirname "$0")/lib.sh"
export SERVERY_NETWORK=servery-$project-$RUN SERVERY_PORT=0 WATCH=false # 0: the engine picks a free port

trap tear_down EXIT
trap 'exit 130' INT TERM
prepare
status=0
compose --profile "$suite" run --rm -T "serve-$suite" || status=$?
if server_is_gone; then
  [ "$status" -ne 0 ] || status=1
elif [ "$status" -ne 0 ] && docker inspect "$server" >/dev/null 2>&1; then
  echo "The last lines of the server:" >&2
  last_lines >&2
fi
[ "$status" -eq 0 ] || echo "The $suite suite of $project failed with exit status $status." >&2
exit "$status"
