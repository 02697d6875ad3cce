#!/usr/bin/env bash
# The registry stack on this machine, in the foreground: docker/registry/host.sh
# MLflow at MLFLOW_PORT (5000) stores its artifacts in S3 at S3_PORT (7070) and serves them as a proxy, so that
# MLFLOW_TRACKING_URI is enough; with ARTIFACTS=s3 its clients read and write S3 themselves. AUTH=true requires
# a user (admin, servery-secret). Ctrl-C stops both.
set -euom pipefail # m: each server gets a process group, so that its child processes end with it
cd "$(dirname "$0")/../.."
docker/registry/install.sh
folder=$PWD/.servery/registry
data=${REGISTRY_DATA:-$folder/data}
s3_port=${S3_PORT:-7070} mlflow_port=${MLFLOW_PORT:-5000}
export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-servery} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-servery-secret}
export ROOT_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID ROOT_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY
export AWS_DEFAULT_REGION=us-east-1 MLFLOW_S3_ENDPOINT_URL=http://127.0.0.1:$s3_port MLFLOW_DISABLE_TELEMETRY=true
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false # its jobs evaluate language models and need six processes
unset MLFLOW_TRACKING_URI
mkdir -p "$data/s3/mlflow"

"$folder/bin/versitygw" --port "127.0.0.1:$s3_port" --quiet posix "$data/s3" &
s3=$!
artifacts=(--artifacts-destination s3://mlflow)
[ "${ARTIFACTS:-proxy}" = proxy ] || artifacts=(--no-serve-artifacts --default-artifact-root s3://mlflow)
if [ "${AUTH:-}" = true ]; then
  export MLFLOW_FLASK_SERVER_SECRET_KEY=development
  printf '[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = sqlite:///%s/users.db\nadmin_username = admin\nadmin_password = servery-secret\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n' \
    "$data" >"$data/auth.ini"
  export MLFLOW_AUTH_CONFIG_PATH=$data/auth.ini
  artifacts+=(--app-name basic-auth)
fi
"$folder/venv/bin/mlflow" server --host 127.0.0.1 --port "$mlflow_port" --workers 1 \
  --backend-store-uri "sqlite:///$data/mlflow.db" "${artifacts[@]}" &
mlflow=$!
trap 'kill -- -$s3 -$mlflow 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM
echo "MLFLOW_TRACKING_URI=http://127.0.0.1:$mlflow_port — Ctrl-C stops it."
wait -n $s3 $mlflow
