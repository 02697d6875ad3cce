# Sourced by compose.sh and start.sh: the port of a project on this machine, by the same rule as in libs/model-version.
# port_of PROJECT: SERVERY_PORT of the shell, else of config/<ENVIRONMENT>.env, else of config/default.env; default 8000.
port_of() {
  local config=projects/$1/serve/config port=${SERVERY_PORT:-} file
  for file in "$config/${ENVIRONMENT:-dev}.env" "$config/default.env"; do
    [ -n "$port" ] || [ ! -f "$file" ] || port=$(sed -n "s/^SERVERY_PORT=[\"']*\([0-9]*\).*/\1/p" "$file" | tail -n 1)
  done
  echo "${port:-8000}"
}
