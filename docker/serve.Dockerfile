# The serve component of a project: docker build --build-arg PROJECT=<name> --target development|production. The host, one server of
# all projects: --target host.
# Works on Engine 20.10. Registry settings and certificates are passed as secrets (npmrc, ca), so no layer contains them.
ARG BASE_IMAGE=node:24-bookworm-slim

# Only the package.json files, so that dependencies are installed again only if one of them changes.
FROM ${BASE_IMAGE} AS manifests
WORKDIR /servery
COPY package.json package-lock.json .npmrc ./
COPY libs libs
COPY projects projects
RUN find libs projects -type f ! -name package.json -delete && find libs projects -type d -empty -delete

FROM ${BASE_IMAGE} AS deps
WORKDIR /servery
COPY --from=manifests /servery ./
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca --mount=type=cache,target=/root/.npm \
    NPM_CONFIG_USERCONFIG=/run/secrets/npmrc NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/run/secrets/ca} \
    npm ci --no-audit --no-fund

FROM deps AS build
ARG PROJECT
COPY tsconfig.base.json jest.config.js ./
COPY libs libs
COPY projects/${PROJECT} projects/${PROJECT}
RUN node_modules/.bin/tsc --build libs/* projects/${PROJECT}/serve && node libs/schema/bundle.js

FROM build AS development
ARG PROJECT
COPY docker/healthcheck.mjs docker/compile-first.sh docker/watch.sh docker/
COPY scripts scripts
COPY .ci/skips.json .ci/
RUN mkdir -p projects/${PROJECT}/serve/models && chmod 1777 projects/${PROJECT}/serve/models
ENV HOME=/tmp ENVIRONMENT=dev
USER 1000
HEALTHCHECK --interval=5s --timeout=5s --start-period=180s --retries=3 CMD ["node", "/servery/docker/healthcheck.mjs"]
WORKDIR /servery
CMD ["node", "scripts/run-tests.js"]

# The files of the production image: compiled code and run-time dependencies of this project, only for this platform.
FROM build AS tree
ARG PROJECT
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca --mount=type=cache,target=/root/.npm \
    NPM_CONFIG_USERCONFIG=/run/secrets/npmrc NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/run/secrets/ca} \
    npm ci --omit=dev --workspace=projects/${PROJECT}/serve --no-audit --no-fund
COPY docker/production-tree.mjs docker/
RUN node docker/production-tree.mjs /tree projects/${PROJECT}/serve

FROM ${BASE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn*
# The port in the container is the same for all servers.
ENV NODE_ENV=production ENVIRONMENT=prod SERVERY_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=180s --retries=3 CMD ["node", "/servery/docker/healthcheck.mjs"]

FROM runtime AS production
ARG PROJECT
COPY --from=tree /tree /servery
COPY docker/healthcheck.mjs /servery/docker/
WORKDIR /servery/projects/${PROJECT}/serve
USER 1000
CMD ["node", "dist/model-server.js"]

FROM deps AS build-all
COPY tsconfig.base.json ./
COPY libs libs
COPY projects projects
RUN node_modules/.bin/tsc --build libs/* projects/*/serve && node libs/schema/bundle.js

# From the manifests alone, so that a change of sources installs nothing.
FROM manifests AS tree-all
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca --mount=type=cache,target=/root/.npm \
    printf -- '--workspace=%s\n' projects/*/serve >/tmp/workspaces && \
    NPM_CONFIG_USERCONFIG=/run/secrets/npmrc NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/run/secrets/ca} \
    xargs --arg-file=/tmp/workspaces npm ci --omit=dev --no-audit --no-fund
COPY --from=build-all /servery/libs libs
COPY --from=build-all /servery/projects projects
COPY docker/production-tree.mjs docker/
RUN node docker/production-tree.mjs /tree projects/*/serve

# One server of all projects. Versions are in /models/<name>/<version>: a volume, or a folder that is mounted there.
FROM runtime AS host
RUN install --directory --mode=1777 /models
COPY --from=tree-all /tree /servery
COPY package.json /servery/
COPY docker/healthcheck.mjs docker/download-models.sh /servery/docker/
ENV SERVERY_MODEL_REPOSITORY=/models
WORKDIR /servery
USER 1000
VOLUME /models
CMD ["node", "libs/serving/dist/host-command.js"]
