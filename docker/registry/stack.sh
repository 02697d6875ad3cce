#!/usr/bin/env bash
# The registry stack for development: docker/registry/stack.sh start host|docker, or stop, which finds it in either.
# start runs in the foreground until Ctrl-C; with DETACH=true it returns when the servers are ready.
set -euo pipefail
cd "$(dirname "$0")/../.."
address=http://127.0.0.1:${MLFLOW_PORT:-5000}
pid_file=.servery/registry/pid log=.servery/registry/log

compose() { docker compose --file docker/registry/docker-compose.yaml --profile registry "$@"; }

# The process id in the file may belong to another process by now.
alive() { [ -f "$pid_file" ] && ps -o args= -p "$(cat "$pid_file")" 2>/dev/null | grep -qF docker/registry/host.sh; }

start-host() {
  [ "${DETACH:-false}" = true ] || exec docker/registry/host.sh
  docker/registry/install.sh
  if alive; then
    echo "The registry is already running (process $(cat "$pid_file")). Stop it with: make registry.stop" >&2
    exit 1
  fi
  if curl -so /dev/null "$address"; then
    echo "Another server already listens at $address: stop it, or set MLFLOW_PORT." >&2
    exit 1
  fi
  setsid docker/registry/host.sh >"$log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  until curl -fso /dev/null "$address/health"; do
    alive || { tail -n 20 "$log" >&2; rm "$pid_file"; exit 1; }
    sleep 1
  done
}

stop-host() {
  kill -TERM "$(cat "$pid_file")"
  while alive; do sleep 0.2; done
  rm -f "$pid_file"
  echo "Stopped the registry; its data stays in .servery/registry/data."
}

start-docker() {
  docker network inspect "$SERVERY_NETWORK" >/dev/null 2>&1 || docker network create "$SERVERY_NETWORK" >/dev/null
  DOCKER_BUILDKIT=1 compose build --quiet
  if [ "${DETACH:-false}" = true ]; then
    compose up --detach --wait
  else
    trap stop-docker EXIT
    echo "MLFLOW_TRACKING_URI=$address — Ctrl-C stops it."
    compose up
  fi
}

stop-docker() {
  compose down
  echo "Stopped the registry; its data stays in the volumes servery-registry_mlflow and servery-registry_s3."
}

set -a
. docker/registry/pins.env
SERVERY_NETWORK=${SERVERY_NETWORK:-servery}
[ -z "${CA_CERTIFICATES:-}" ] || CA_CERTIFICATES=$(realpath "$CA_CERTIFICATES")
set +a
mkdir -p .servery/registry
if [ "$1" = start ]; then
  "start-$2"
  [ "${DETACH:-false}" != true ] || echo "MLFLOW_TRACKING_URI=$address — stop it with: make registry.stop"
elif alive; then
  stop-host
elif docker inspect servery-registry-mlflow-1 >/dev/null 2>&1; then
  stop-docker
else
  echo "The registry is not running."
fi
