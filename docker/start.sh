#!/usr/bin/env bash
# Starts the server of a project in a container: in the foreground until Ctrl-C, or with DETACH=true until `make projects.stop`.
set -euo pipefail
project=$1
. "$(dirname "$0")/lib.sh"
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery}
port=${SERVERY_PORT:-$(sed -n 's/^SERVERY_PORT=//p' "projects/$project/serve/config/$ENVIRONMENT.env")}

compose --profile serve down --remove-orphans >/dev/null 2>&1 # an older run of this server makes way
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "Port $port is taken on 127.0.0.1: stop what listens there or set SERVERY_PORT." >&2
  exit 78
fi
prepare
echo "Starting $project in a container; docs at http://127.0.0.1:$port/docs" >&2
if [ "${DETACH:-false}" = true ]; then
  compose --profile serve up --detach --wait serve && exit 0
  server_is_gone || compose --profile serve logs --tail 20 serve >&2
  tear_down
  exit 1
fi
trap tear_down EXIT
trap 'exit 130' INT TERM
compose --profile serve up --exit-code-from serve serve
