#!/usr/bin/env bash
# docker compose for one project: docker/compose.sh PROJECT ARGUMENTS…
# Picks the files of ENVIRONMENT, DEVICE and TARGET and sets what they interpolate.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/port.sh
export PROJECT=$1
shift
export ENVIRONMENT=${ENVIRONMENT:-dev} DEVICE=${DEVICE:-cpu}
# Whoever owns the checkout owns what the containers write into it, also when root runs this.
read -r _ _ owner group _ <<<"$(ls -nd .)"
export HOST_UID=${HOST_UID:-$owner} HOST_GID=${HOST_GID:-$group}
export SERVE_CPUS=${SERVE_CPUS:-$(nproc)}
export BASE_IMAGE=${BASE_IMAGE:-${REGISTRY:-local}/servery-$DEVICE:${BASE_IMAGE_TAG:-$(cat docker/base/VERSION)}}
SERVERY_PORT=$(port_of "$PROJECT") # outside; inside it is always 8000
export SERVERY_PORT

files=(--file "docker-compose.$ENVIRONMENT.yaml")
[ ! -f "projects/$PROJECT/docker-compose.$ENVIRONMENT.yaml" ] || files+=(--file "projects/$PROJECT/docker-compose.$ENVIRONMENT.yaml")
[ "$DEVICE" = cpu ] || files+=(--file "docker/devices/$DEVICE.yaml")
if [ "$DEVICE" = neuron ] && [ -n "${NEURON_DEVICES:-}" ]; then
  mkdir -p .servery
  printf 'services:\n' >.servery/neuron.yaml
  for service in serve serve-integration; do
    printf '  %s: { devices: !override [%s] }\n' "$service" "${NEURON_DEVICES// /, }" >>.servery/neuron.yaml
  done
  files+=(--file .servery/neuron.yaml)
fi
[ "${TARGET:-}" != production ] || files+=(--file docker/production.yaml)

# A mounted folder that is missing would be made by the engine, as root.
mkdir -p "projects/$PROJECT/serve/models"
exec docker compose --project-directory . "${files[@]}" "$@"
