#!/bin/sh
# Compiles the mounted sources of $PROJECT, then runs what it is given: a mount hides what the image had compiled.
set -eu
node_modules/.bin/tsc --build libs/* "projects/$PROJECT/serve"
exec "$@"
