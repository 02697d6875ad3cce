#!/bin/sh
# Runs the model server of $PROJECT; compiles changed sources and restarts it. WATCH=false runs it without watching.
set -eu
entry=projects/$PROJECT/serve/dist/model-server.js
[ "${WATCH:-true}" = true ] || exec node "$entry"
node_modules/.bin/tsc --build --watch --preserveWatchOutput libs/* "projects/$PROJECT/serve" &
exec node --watch "$entry"
