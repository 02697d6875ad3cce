# Read by start.sh, suite.sh and task.sh: what they share. $project is set.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export ENVIRONMENT=${ENVIRONMENT:-dev} RUN=${RUN:-dev}

compose() { docker/compose.sh "$project" "$@"; }

# The network and, outside development, the volume are older than any one service and shared by all runs of a project.
prepare() {
  docker network inspect "$SERVERY_NETWORK" >/dev/null 2>&1 || docker network create "$SERVERY_NETWORK" >/dev/null
  docker volume create "servery-$project-models" >/dev/null
}

# Takes every container of this run away; the network goes with its last user.
tear_down() {
  compose --profile '*' down --remove-orphans >/dev/null 2>&1 || true
  docker network rm "$SERVERY_NETWORK" >/dev/null 2>&1 || true
}

# Says why the server is not running although it should, with its last lines; false when it is.
server_is_gone() {
  local container=servery-$project-$RUN-serve-1 state
  state=$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$container" 2>/dev/null) || return 1
  case $state in running*) return 1 ;; esac
  read -r _ code oom <<<"$state"
  {
    echo "The server container ended with exit status $code while it was needed.$([ "$oom" = false ] || echo " It ran out of memory: raise SERVE_MEMORY.") Its last lines:"
    docker logs --tail 20 "$container" 2>&1 | sed 's/^/  /'
  } >&2
}
