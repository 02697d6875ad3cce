# Shared functions of start.sh, stop.sh, suite.sh and task.sh, which source it. Needs $project: the name of one, or `host`.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export ENVIRONMENT=${ENVIRONMENT:-dev} RUN=${RUN:-dev}
case $project in
  host) service=host stop=host.stop ;;
  *) service=serve stop=projects.stop/$project ;;
esac
server=servery-$project-$RUN-$service-1

compose() { docker/compose.sh "$project" "$@"; }

# Creates the network and, unless models are in the checkout, their volume, which all runs of a project share.
prepare() {
  docker network inspect "$SERVERY_NETWORK" >/dev/null 2>&1 || docker network create "$SERVERY_NETWORK" >/dev/null 2>&1 || true
  [ "$ENVIRONMENT$service" = devserve ] || docker volume create "servery-$project-models" >/dev/null
}

# Runs a command that needs both; retries if another run has removed the network in between.
with_network() {
  local status
  for _ in 1 2 3; do
    prepare
    status=0
    "$@" || status=$?
    if [ "$status" -eq 0 ] || docker network inspect "$SERVERY_NETWORK" >/dev/null 2>&1; then break; fi
  done
  return "$status"
}

# Removes all containers of this run, and the network if no other run uses it.
tear_down() {
  local said
  if ! said=$(compose --profile '*' down --remove-orphans 2>&1); then
    printf '%s\n' "$said" >&2
    return 1
  fi
  docker network rm "$SERVERY_NETWORK" >/dev/null 2>&1 || true
}

# Refuses to replace a server that another checkout started under the same name.
check_owner() {
  local folder
  folder=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.project.working_dir"}}' "$server" 2>/dev/null) || return 0
  [ "$folder" = "$PWD" ] && return
  echo "$server was started from $folder: stop it there, or set RUN to another name here." >&2
  exit 78
}

# Reports why the server is not running although it should, with its last log lines; fails if it is running.
server_has_ended() {
  local state
  state=$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$server" 2>/dev/null) || return 1
  case $state in running*) return 1 ;; esac
  read -r _ code oom <<<"$state"
  {
    echo "The server container ended unexpectedly with exit status $code.$([ "$oom" = false ] || echo " It ran out of memory: raise SERVE_MEMORY.") Its last log lines:"
    last_lines
  } >&2
}

last_lines() { docker logs --tail 20 "$server" 2>&1 | sed 's/^/  /'; }
