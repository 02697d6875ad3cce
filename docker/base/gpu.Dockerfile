# Base of GPU images: CUDA 12 with cuDNN 9, Node, and the CUDA provider of the ONNX Runtime that package-lock.json pins.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG CUDA_IMAGE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04

FROM ${NODE_IMAGE} AS node

# The installer of ONNX Runtime downloads its CUDA libraries, which its npm package does not contain.
FROM ${NODE_IMAGE} AS providers
ARG ONNXRUNTIME_VERSION=1.30.0
WORKDIR /providers
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca \
    export NPM_CONFIG_USERCONFIG=/run/secrets/npmrc NODE_EXTRA_CA_CERTS=/run/secrets/ca \
    && npm install --ignore-scripts --no-audit --no-fund "onnxruntime-node@${ONNXRUNTIME_VERSION}" \
    && node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 \
    && mkdir /opt/onnxruntime-providers \
    && mv node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_shared.so \
          node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so /opt/onnxruntime-providers/

FROM ${CUDA_IMAGE}
ENV TZ=UTC NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
COPY --from=providers /opt/onnxruntime-providers /opt/onnxruntime-providers
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && (userdel --remove ubuntu || true) \
    && useradd --uid 1000 --create-home --shell /bin/bash node
WORKDIR /servery
