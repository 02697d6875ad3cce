#!/usr/bin/env bash
# Stops the server of a project, wherever it runs detached: accepted requests are answered first.
set -euo pipefail
project=$1
. "$(dirname "$0")/lib.sh"
export SERVERY_NETWORK=${SERVERY_NETWORK:-servery}
tear_down
