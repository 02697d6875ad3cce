# Base of CPU images: Node with the user `node` (uid 1000).
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE}
ENV TZ=UTC
WORKDIR /servery
