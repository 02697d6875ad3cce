#!/usr/bin/env bash
# A model server of this host in the background: scripts/detached.sh start|stop PROJECT
set -euo pipefail
cd "$(dirname "$0")/.."
action=$1 project=$2
mkdir -p .servery
pid_file=.servery/$project.pid log=.servery/$project.log
export SERVERY_PORT=${SERVERY_PORT:-$(node scripts/port-of.js "$project")}

alive() { [ -f "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

start() {
  if alive; then
    echo "$project is running already (process $(cat "$pid_file")): make projects.stop/$project" >&2
    exit 1
  fi
  setsid node "projects/$project/serve/dist/model-server.js" >"$log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  until node docker/healthcheck.mjs; do
    alive || { tail -n 20 "$log" >&2; rm "$pid_file"; exit 1; }
    sleep 0.5
  done
  echo "$project is ready: http://127.0.0.1:$SERVERY_PORT/docs (log: $log). Stop it with: make projects.stop/$project"
}

# SIGTERM, then the 40 seconds that accepted requests may take.
stop() {
  alive || { rm -f "$pid_file"; return 0; }
  kill -TERM "$(cat "$pid_file")"
  for _ in $(seq 400); do
    alive || { rm -f "$pid_file"; return 0; }
    sleep 0.1
  done
  kill -KILL "$(cat "$pid_file")"
  rm -f "$pid_file"
}

"$action"
