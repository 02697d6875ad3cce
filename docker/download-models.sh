#!/usr/bin/env bash
# Downloads the versions of SERVERY_MODELS (<name>=<version>,…) for the host: to <name>/<version> of SERVERY_MODEL_REPOSITORY, or
# without one to models/ of each project. Needs compiled projects.
set -euo pipefail
cd "$(dirname "$0")/.."
IFS=, read -ra entries <<<"${SERVERY_MODELS:?}"
for entry in "${entries[@]}"; do
  name=${entry%%=*} version=${entry#*=}
  SERVERY_MODEL_VERSION=$version SERVERY_MODEL_REFERENCE='' \
    SERVERY_MODEL_DIRECTORY=${SERVERY_MODEL_REPOSITORY:+$SERVERY_MODEL_REPOSITORY/$name/$version} \
    node "projects/$name/serve/dist/download-model.js"
done
