# The servers of the registry stack: --target mlflow|s3, versions from pins.env. Built on the same base image as everything else, from
# Debian, PyPI and the Go proxy. Additional certificates are passed as the secret `ca`.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS mlflow
ARG MLFLOW_VERSION
ARG BOTO3_VERSION
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache/pip \
    cat /etc/ssl/certs/ca-certificates.crt /run/secrets/ca >/tmp/ca.crt \
    && python3 -m venv /opt/mlflow \
    && PIP_CERT=/tmp/ca.crt /opt/mlflow/bin/pip install --quiet --disable-pip-version-check \
       "mlflow[auth]==${MLFLOW_VERSION}" "boto3==${BOTO3_VERSION}" \
    && rm /tmp/ca.crt
# Its jobs evaluate language models and need six processes.
ENV HOME=/tmp PATH=/opt/mlflow/bin:${PATH} MLFLOW_DISABLE_TELEMETRY=true MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
RUN install -d -o 1000 -g 1000 /data
USER 1000
EXPOSE 5000
HEALTHCHECK --interval=5s --timeout=5s --start-period=120s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:5000/health').then(({ ok }) => process.exit(ok ? 0 : 1))"]
CMD ["mlflow", "server", "--host", "0.0.0.0", "--port", "5000", "--workers", "1", "--allowed-hosts", "*", \
     "--backend-store-uri", "sqlite:////data/mlflow.db", "--artifacts-destination", "s3://mlflow"]

# Debian's Go downloads the newer version that the module requires.
FROM ${NODE_IMAGE} AS s3-build
ARG VERSITYGW_VERSION
# hadolint ignore=DL3008
RUN echo "deb http://deb.debian.org/debian bookworm-backports main" >/etc/apt/sources.list.d/backports.list \
    && apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates golang-1.23-go \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/go --mount=type=cache,target=/root/.cache/go-build \
    cat /etc/ssl/certs/ca-certificates.crt /run/secrets/ca >/tmp/ca.crt \
    && SSL_CERT_FILE=/tmp/ca.crt GOTOOLCHAIN=auto CGO_ENABLED=0 GOBIN=/usr/local/bin \
       /usr/lib/go-1.23/bin/go install "github.com/versity/versitygw/cmd/versitygw@${VERSITYGW_VERSION}"

FROM ${NODE_IMAGE} AS s3
COPY --from=s3-build /usr/local/bin/versitygw /usr/local/bin/versitygw
RUN install -d -o 1000 -g 1000 /data /data/mlflow
USER 1000
EXPOSE 7070
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7070/').then(() => process.exit(0), () => process.exit(1))"]
CMD ["versitygw", "--port", ":7070", "--quiet", "posix", "/data"]
