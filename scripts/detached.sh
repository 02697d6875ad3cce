#!/usr/bin/env bash
# Starts and stops a model server in the background on this machine: scripts/detached.sh start|stop PROJECT|host
set -euo pipefail
cd "$(dirname "$0")/.."
action=$1 project=$2
mkdir -p .servery
pid_file=.servery/$project.pid log=.servery/$project.log
case $project in
  host) entry=libs/serving/dist/host-command.js stop=host.stop ;;
  *) entry=projects/$project/serve/dist/model-server.js stop=projects.stop/$project ;;
esac

# The process id in the file may belong to another process by now.
alive() { [ -f "$pid_file" ] && ps -o args= -p "$(cat "$pid_file")" 2>/dev/null | grep -qF "$entry"; }

start() {
  export SERVERY_PORT=${SERVERY_PORT:-$(node scripts/port-of.js "$project")}
  if alive; then
    echo "$project is already running (process $(cat "$pid_file")). Stop it with: make $stop" >&2
    exit 1
  fi
  if [ "$SERVERY_PORT" = 0 ]; then
    echo "DETACH=true needs a port to wait for: set SERVERY_PORT to a number, or leave it out." >&2
    exit 78
  fi
  setsid node "$entry" >"$log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  trap 'stop; exit 130' INT TERM
  for _ in $(seq 1200); do
    node docker/healthcheck.mjs && break
    alive || { tail -n 20 "$log" >&2; rm "$pid_file"; exit 1; }
    sleep 0.5
  done
  node docker/healthcheck.mjs || { echo "$project is not ready after ten minutes; see $log" >&2; stop >&2; exit 1; }
  echo "$project is ready: http://127.0.0.1:$SERVERY_PORT/docs (log: $log). Stop it with: make $stop"
}

# Sends SIGTERM, and SIGKILL after 40 seconds, the longest time that accepted requests may take.
stop() {
  alive || { rm -f "$pid_file"; return 0; }
  local pid
  pid=$(cat "$pid_file")
  kill -TERM "$pid"
  for _ in $(seq 400); do
    alive || break
    sleep 0.1
  done
  if alive; then kill -KILL "$pid"; fi
  rm -f "$pid_file"
  echo "Stopped $project on this machine (process $pid)."
}

"$action"
