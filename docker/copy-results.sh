#!/usr/bin/env bash
# Copies the results of load tests in containers to a folder: docker/copy-results.sh PROJECT FOLDER
# With ENVIRONMENT=ci the results are in the volume of the models.
set -euo pipefail
project=$1 folder=$2
image=${REGISTRY:-local}/$project-serve:${IMAGE_TAG:-dev}
mkdir -p "$folder"
docker run --rm --user "$(id -u):$(id -g)" --network none \
  --volume "servery-$project-models:/models:ro" --volume "$(realpath "$folder"):/results" "$image" \
  sh -c 'cd /models && find . -path "*/test_results/*" -type f | while read -r file; do mkdir -p "/results/${file%/*}" && cp "$file" "/results/$file"; done'
