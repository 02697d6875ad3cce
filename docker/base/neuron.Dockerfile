# Base of Neuron images: Node with AWS's Neuron runtime and tools. ONNX Runtime has no Neuron provider, so only a model
# that brings its own runner can use the devices.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE}
# Neuron SDK 2.26.0
ARG NEURON_RUNTIME_VERSION=2.28.23.0
ARG NEURON_COLLECTIVES_VERSION=2.28.27.0
ARG NEURON_TOOLS_VERSION=2.26.14.0
ENV TZ=UTC PATH=/opt/aws/neuron/bin:${PATH}
# AWS publishes packages for Ubuntu; they run here because jammy's C library is older than that of the base image.
ADD https://apt.repos.neuron.amazonaws.com/GPG-PUB-KEY-AMAZON-AWS-NEURON.PUB /etc/apt/keyrings/neuron.asc
RUN chmod 644 /etc/apt/keyrings/neuron.asc \
    && echo "deb [signed-by=/etc/apt/keyrings/neuron.asc] https://apt.repos.neuron.amazonaws.com jammy main" \
       > /etc/apt/sources.list.d/neuron.list \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
       "aws-neuronx-runtime-lib=${NEURON_RUNTIME_VERSION}*" \
       "aws-neuronx-collectives=${NEURON_COLLECTIVES_VERSION}*" \
       "aws-neuronx-tools=${NEURON_TOOLS_VERSION}*" \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /servery
