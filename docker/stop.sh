#!/usr/bin/env bash
# Stops the server of a project, or the host, that runs in a container in the background; accepted requests are answered first.
set -euo pipefail
project=$1
. "$(dirname "$0")/lib.sh"
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery}
docker inspect "$server" >/dev/null 2>&1 || exit 0
check_owner
tear_down
echo "Stopped the container $server."
