# Read by start.sh, stop.sh, suite.sh and task.sh: what they share. $project is set.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export ENVIRONMENT=${ENVIRONMENT:-dev} RUN=${RUN:-dev}
server=servery-$project-$RUN-serve-1

compose() { docker/compose.sh "$project" "$@"; }

# The network and, outside development, the volume are older than any one service and shared by all runs of a project.
prepare() {
  docker network inspect "$SERVERY_NETWORK" >/dev/null 2>&1 || docker network create "$SERVERY_NETWORK" >/dev/null 2>&1 || true
  [ "$ENVIRONMENT" = dev ] || docker volume create "servery-$project-models" >/dev/null
}

# Runs a command that needs both; again when the last user of the network took it away in between.
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

# Takes every container of this run away; the network goes with its last user.
tear_down() {
  local said
  if ! said=$(compose --profile '*' down --remove-orphans 2>&1); then
    printf '%s\n' "$said" >&2
    return 1
  fi
  docker network rm "$SERVERY_NETWORK" >/dev/null 2>&1 || true
}

# Refuses to touch a server that another checkout started under the same name.
check_owner() {
  local folder
  folder=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.project.working_dir"}}' "$server" 2>/dev/null) || return 0
  [ "$folder" = "$PWD" ] && return
  echo "$server was started from $folder: stop it there, or set RUN to another name here." >&2
  exit 78
}

# Says why the server is not running although it should, with its last lines; false when it is.
server_is_gone() {
  local state
  state=$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$server" 2>/dev/null) || return 1
  case $state in running*) return 1 ;; esac
  read -r _ code oom <<<"$state"
  {
    echo "The server container ended with exit status $code while it was needed.$([ "$oom" = false ] || echo " It ran out of memory: raise SERVE_MEMORY.") Its last lines:"
    last_lines
  } >&2
}

last_lines() { docker logs --tail 20 "$server" 2>&1 | sed 's/^/  /'; }
