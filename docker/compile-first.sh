#!/bin/sh
# Compiles the mounted sources of $PROJECT, then runs the given command: the mount hides the compiled files of the image.
set -eu
node_modules/.bin/tsc --build libs/* "projects/$PROJECT/serve"
exec "$@"
