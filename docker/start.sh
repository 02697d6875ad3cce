#!/usr/bin/env bash
# Starts the server of a project, or the host, in a container: in the foreground until Ctrl-C, or with DETACH=true until it is stopped by make.
set -euo pipefail
project=$1
. "$(dirname "$0")/lib.sh"
. docker/config.sh
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery}
port=$(port_of "$project")

# Address of the running server; the engine picks the port if it is 0.
address() { echo "http://$(docker port "$server" 8000/tcp | head -n 1)"; }

check_owner
if [ "$(docker port "$server" 8000/tcp 2>/dev/null)" != "127.0.0.1:$port" ] &&
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "Port $port is taken on 127.0.0.1: stop the process that listens there, or set SERVERY_PORT." >&2
  exit 78
fi
tear_down # of an earlier run of this server

if [ "${DETACH:-false}" = true ]; then
  # Without the watcher, so that a server that cannot start ends, and with it the wait.
  export WATCH=${WATCH:-false}
  if with_network compose --profile "$service" up --detach --wait "$service"; then
    echo "$project is ready: $(address)/docs. Stop it with: make $stop"
    exit
  fi
  server_has_ended || last_lines >&2
  tear_down
  exit 1
fi
if [ "$port" = 0 ]; then
  echo "SERVERY_PORT=0 needs DETACH=true, which prints the port that was picked." >&2
  exit 78
fi
echo "Starting $project in a container; docs at http://127.0.0.1:$port/docs — Ctrl-C stops it." >&2
trap tear_down EXIT
trap 'exit 130' INT TERM
with_network compose --profile "$service" up --exit-code-from "$service" "$service"
