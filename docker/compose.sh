#!/usr/bin/env bash
# docker compose for one project, or for the host: docker/compose.sh PROJECT|host ARGUMENTS…
# Selects the files for ENVIRONMENT, DEVICE and TARGET, and sets the variables they need.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/config.sh
export PROJECT=$1
shift
export ENVIRONMENT=${ENVIRONMENT:-dev} DEVICE=${DEVICE:-cpu}
# Containers write files as the owner of the checkout, also if root runs this script.
read -r _ _ owner group _ <<<"$(ls -nd .)"
export HOST_UID=${HOST_UID:-$owner} HOST_GID=${HOST_GID:-$group}
export SERVE_CPUS=${SERVE_CPUS:-$(nproc)}
export BASE_IMAGE=${BASE_IMAGE:-${REGISTRY:-local}/servery-$DEVICE:${BASE_IMAGE_TAG:-$(cat docker/base/VERSION)}}
SERVERY_PORT=$(port_of "$PROJECT") # on this machine; in the container it is always 8000
export SERVERY_PORT

files=(--file "docker-compose.$ENVIRONMENT.yaml")
projects=("projects/$PROJECT")
[ "$PROJECT" != host ] || projects=(projects/*)
for folder in "${projects[@]}"; do
  [ ! -f "$folder/docker-compose.$ENVIRONMENT.yaml" ] || files+=(--file "$folder/docker-compose.$ENVIRONMENT.yaml")
done
[ "$DEVICE" = cpu ] || files+=(--file "docker/devices/$DEVICE.yaml")
if [ "$DEVICE" = neuron ] && [ -n "${NEURON_DEVICES:-}" ]; then
  mkdir -p .servery
  printf 'services:\n' >.servery/neuron.yaml
  for service in serve serve-integration host; do
    printf '  %s: { devices: !override [%s] }\n' "$service" "${NEURON_DEVICES// /, }" >>.servery/neuron.yaml
  done
  files+=(--file .servery/neuron.yaml)
fi
[ "${TARGET:-}" != production ] || files+=(--file docker/production.yaml)

# Otherwise the engine creates a missing mounted folder, as root.
[ "$PROJECT" = host ] || mkdir -p "projects/$PROJECT/serve/models"
# A relative path would be the name of a volume.
export MODELS_DIR=${MODELS_DIR:+$(realpath "$MODELS_DIR")}
exec docker compose --project-directory . "${files[@]}" "$@"
