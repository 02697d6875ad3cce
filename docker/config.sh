# Sourced by scripts: the configuration of projects as shells need it, by the same rule as in libs/model-version. `host` stands for the
# server of all projects.

# value_in FOLDER VARIABLE: its value in config/<ENVIRONMENT>.env of the folder, else in config/default.env.
value_in() {
  local file value=
  for file in "$1/config/${ENVIRONMENT:-dev}.env" "$1/config/default.env"; do
    [ -n "$value" ] || [ ! -f "$file" ] || value=$(sed -n "s/^$2=[\"']*\([^\"' #]*\).*/\1/p" "$file" | tail -n 1)
  done
  echo "$value"
}

# port_of PROJECT: the port on this machine: SERVERY_PORT of the shell, else of the configuration; default 8000.
port_of() {
  local folder=projects/$1/serve port=${SERVERY_PORT:-}
  [ "$1" != host ] || folder=libs/serving
  port=${port:-$(value_in "$folder" SERVERY_PORT)}
  echo "${port:-8000}"
}

# The configured version of every project, as SERVERY_MODELS names them.
configured_models() {
  local folder models=
  for folder in projects/*/serve; do
    models+=,$(basename "$(dirname "$folder")")=$(value_in "$folder" SERVERY_MODEL_VERSION)
  done
  echo "${models#,}"
}
