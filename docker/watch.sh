#!/bin/sh
# The model server of $PROJECT: compiles on every change of a source and restarts on what was compiled. WATCH=false: as it is.
set -eu
entry=projects/$PROJECT/serve/dist/model-server.js
[ "${WATCH:-true}" = true ] || exec node "$entry"
node_modules/.bin/tsc --build --watch --preserveWatchOutput libs/* "projects/$PROJECT/serve" &
exec node --watch "$entry"
