#!/usr/bin/env bash
# Installs the MLflow server and the S3 server of pins.env in .servery/registry, unless these versions are installed.
# Needs Python 3.10 or newer (PYTHON) and Go.
set -euo pipefail
cd "$(dirname "$0")/../.."
. docker/registry/pins.env
folder=$PWD/.servery/registry
stamp="$MLFLOW_VERSION $BOTO3_VERSION $VERSITYGW_VERSION"
if [ "$(cat "$folder/installed" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

# Three attempts, because package registries sometimes fail.
attempt() { for try in 1 2 3; do "$@" && return; echo "Attempt $try of 3 failed: $*" >&2; sleep $((try * 5)); done; return 1; }

rm -f "$folder/installed"
mkdir -p "$folder"
"${PYTHON:-python3}" -m venv "$folder/venv"
# The S3 server is built while the Python packages are downloaded.
GOBIN=$folder/bin attempt go install "github.com/versity/versitygw/cmd/versitygw@$VERSITYGW_VERSION" &
attempt "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "mlflow[auth]==$MLFLOW_VERSION" "boto3==$BOTO3_VERSION"
wait $!
echo "$stamp" >"$folder/installed"
