/**
 * Every variable that Servery reads, in one place: each package takes its own object from here, unknown names are
 * checked against all of them, and docs/environment.md is generated from them. Names end with their unit.
 */
import { type TObject, Type } from '@servery/schema'

const text = (description: string, fallback?: string) =>
  Type.String({ description, ...(fallback === undefined ? {} : { default: fallback }) })
const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum })
const flag = (description: string, fallback: boolean) => Type.Boolean({ description, default: fallback })
const choice = <T extends string>(description: string, fallback: T, ...values: T[]) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description, default: fallback },
    ),
  )

/** Which model version, and in which folder it is: read by the server and by the download and upload tasks. */
export const modelVariables = Type.Object({
  SERVERY_MODEL_VERSION: Type.String({
    description: 'Version to serve, <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1. Set in config/default.env.',
    pattern: '^[A-Za-z][A-Za-z0-9-]*-[0-9][0-9.]*$',
  }),
  SERVERY_MODEL_DIRECTORY: text(
    'Folder of the version; empty means models/<SERVERY_MODEL_VERSION> in the project.',
    '',
  ),
  IMAGE_TAG: text('Tag of the image under test; also the name of the folder with its results.', 'dev'),
})

/** The model server. */
export const serverVariables = Type.Object({
  SERVERY_HOST: text('Address to listen on.', '0.0.0.0'),
  SERVERY_PORT: integer('Port to listen on; 0 picks a free one.', 8000, 0, 65535),
  SERVERY_MODELS: text(
    'Versions to load at start, <name>=<version>,…; the first version of a name is its default. Empty means that of SERVERY_MODEL_VERSION for the server of a project, and none for the host.',
    '',
  ),
  SERVERY_MODEL_REPOSITORY: text(
    'Folder with <name>/<version>/, whose versions are loaded when they are asked for, relative to the working directory; empty means none.',
    '',
  ),
  SERVERY_MODEL_MEMORY_BYTES: integer(
    'Memory that all loaded versions together may take, in bytes; versions loaded on demand are unloaded to stay below it. 0 means 60 % of the memory that is available to this process.',
    0,
    0,
    2 ** 50,
  ),
  SERVERY_CONTROL_API: flag(
    'Whether callers on this machine may load and unload versions, and set default, canary and shadow, at /v1/repository. Behind a proxy on the same machine every caller counts as one on this machine.',
    false,
  ),
  SERVERY_NUM_WORKERS: integer(
    'Number of worker processes, which all versions share; 0 means one per CPU that is available to this process, or fewer if its memory is below 256 MiB for each.',
    0,
    0,
    256,
  ),
  SERVERY_DEVICE: choice('Device that models run on.', 'cpu', 'cpu', 'gpu', 'neuron', 'auto'),
  SERVERY_REQUEST_TIMEOUT_MS: integer('Time limit for a request, in milliseconds.', 25_000, 1, 3_600_000),
  SERVERY_DRAIN_DELAY_MS: integer(
    'After SIGTERM, how long requests are still accepted while /v1/ready answers 503, in milliseconds: time for a load balancer to route traffic to other servers.',
    0,
    0,
    600_000,
  ),
  SERVERY_MODEL_LOAD_TIMEOUT_MS: integer(
    'Time limit for a worker process to load its model, in milliseconds.',
    120_000,
    1_000,
    3_600_000,
  ),
  SERVERY_MAX_QUEUE_ITEMS: integer(
    'Maximum number of items per model that are admitted and not yet answered; further requests are refused with 429.',
    1_024,
    1,
    1_000_000,
  ),
  SERVERY_MAX_QUEUE_COST: integer(
    'Maximum estimated work (tokens) per model that is admitted and not yet answered; further requests are refused with 429.',
    262_144,
    1,
    1_000_000_000,
  ),
  SERVERY_ASYNC_CONCURRENCY: integer(
    'Maximum number of concurrent requests to a model that calls other services.',
    64,
    1,
    100_000,
  ),
  SERVERY_MAX_BODY_BYTES: integer(
    'Maximum size of a request body in bytes, after decompression.',
    2_000_000,
    1_000,
    1_000_000_000,
  ),
  SERVERY_MAX_ITEMS: integer('Maximum number of inputs in one request.', 256, 1, 100_000),
  SERVERY_MAX_CHARACTERS: integer(
    'Maximum length of the text of one input, in UTF-16 code units.',
    200_000,
    1,
    100_000_000,
  ),
  SERVERY_VERIFY_MODEL: Type.Boolean({
    description: 'Whether to compare every file of the model version with its manifest at start.',
    default: false,
  }),
  SERVERY_SELF_TEST: choice(
    'What happens at start when answers differ from the recorded ones: require stops the start, warn logs a warning, off skips the comparison.',
    'require',
    'require',
    'warn',
    'off',
  ),
  SERVERY_LOG_LEVEL: choice(
    'Lowest level of the log lines that are written.',
    'info',
    'trace',
    'debug',
    'info',
    'warn',
    'error',
    'fatal',
    'silent',
  ),
})

/** The model registry: read by the download, upload and push tasks, never by the server. MLflow's own variables keep their names. */
export const registryVariables = Type.Object({
  MLFLOW_TRACKING_URI: text(
    'Model registry: file:<folder>, relative to the repository root, or the http(s) address of an MLflow server.',
    'file:./registry',
  ),
  SERVERY_REGISTRY_PAGES: text(
    'Address of the MLflow web pages in links, if people reach them at another address than tasks do; empty means MLFLOW_TRACKING_URI.',
    '',
  ),
  MLFLOW_TRACKING_USERNAME: text(
    'User name for the MLflow server; user name and password take precedence over the token.',
    '',
  ),
  MLFLOW_TRACKING_PASSWORD: text('Password for the MLflow server.', ''),
  MLFLOW_TRACKING_TOKEN: text('Bearer token for the MLflow server.', ''),
  MLFLOW_TRACKING_SERVER_CERT_PATH: text('PEM file of the certificates to trust for the MLflow server.', ''),
  MLFLOW_TRACKING_INSECURE_TLS: flag('Whether to skip the check of the certificate of the MLflow server.', false),
  MLFLOW_HTTP_REQUEST_TIMEOUT: integer(
    'Longest time without data from the MLflow server or S3, in seconds (a variable of MLflow).',
    120,
    1,
    3_600,
  ),
  MLFLOW_HTTP_REQUEST_MAX_RETRIES: integer('Maximum number of retries per request.', 5, 0, 10),
  MLFLOW_S3_ENDPOINT_URL: text('Address of an S3 server other than AWS.', ''),
  MLFLOW_S3_IGNORE_TLS: flag('Whether to skip the check of the certificate of the S3 server.', false),
  MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: choice(
    'Whether S3 addresses hold the bucket in the path or in the host name; auto means path if MLFLOW_S3_ENDPOINT_URL is set.',
    'auto',
    'auto',
    'path',
    'virtual',
  ),
  AWS_ACCESS_KEY_ID: text(
    'Access key for S3; empty means the credentials that the AWS SDK finds itself: of a profile, a container or the machine.',
    '',
  ),
  AWS_SECRET_ACCESS_KEY: text('Secret of that access key.', ''),
  AWS_SESSION_TOKEN: text('Session token of that access key, if it is a temporary one.', ''),
  AWS_CA_BUNDLE: text('PEM file of the certificates to trust for S3.', ''),
  AWS_REGION: text('Region of S3.', ''),
  AWS_DEFAULT_REGION: text('Region of S3 if AWS_REGION is not set.', ''),
  SERVERY_MODEL_REFERENCE: text(
    'Version to download or to attach results to, models:/<MODEL-ID>@<alias> or models:/<MODEL-ID>/<n>; empty means SERVERY_MODEL_VERSION.',
    '',
  ),
  SERVERY_MODEL_ALIAS: text('Alias that a push sets on its version in MLflow; empty sets none.', 'challenger'),
})

/** Maximum number of additional criteria of a load run. */
export const MAX_LOAD_CRITERIA = 99

/** The load suite. */
export const loadVariables = Type.Object({
  SERVERY_LOAD_SECONDS: integer(
    'Measured seconds of a load run, or of each rate of a sweep; 0 means the value of the load plan, or 6 for a sweep.',
    0,
    0,
    3_600,
  ),
  SERVERY_LOAD_SEED: integer(
    'Seed of the random choice of texts and of their order in a load run.',
    1,
    0,
    2_147_483_647,
  ),
  SERVERY_LOAD_N_CRITERIA: integer(
    'Number of additional criteria of a load run: SERVERY_LOAD_CRITERIA_<i>_{NAME,THRESHOLD,ENSURE_LOWER,HARD,ENDPOINT_TYPE,ENDPOINT_URL} for i from 1.',
    0,
    0,
    MAX_LOAD_CRITERIA,
  ),
})

/** Criterion `i`, from 1; name and threshold are required. The documentation uses `<i>` for any number. */
export function criterionVariables(i: number | '<i>') {
  const prefix = `SERVERY_LOAD_CRITERIA_${i}_`
  return Type.Object({
    [`${prefix}NAME`]: text('Name of a measurement, for example response_time_p99.'),
    [`${prefix}THRESHOLD`]: Type.Number({
      description: 'Threshold in the unit of the measurement: milliseconds, a count or a share.',
    }),
    [`${prefix}ENSURE_LOWER`]: flag(
      'Whether the value must be below the threshold; otherwise it must be at least the threshold.',
      true,
    ),
    [`${prefix}HARD`]: flag('Whether the run fails if the criterion is not met; otherwise it only warns.', true),
    [`${prefix}ENDPOINT_TYPE`]: choice('HTTP method of the endpoint.', 'POST', 'GET', 'POST', 'PUT', 'DELETE'),
    [`${prefix}ENDPOINT_URL`]: text('Path of the endpoint; bio and predict stand for those of the model.', 'predict'),
  })
}

/** Matches the variables of any criterion. */
export const INDEXED_VARIABLES = new RegExp(
  `^(${Object.keys(criterionVariables('<i>').properties).join('|').replaceAll('<i>', '[1-9]\\d?')})$`,
)

const ALL: readonly TObject[] = [modelVariables, serverVariables, registryVariables, loadVariables]

/** Names of all variables above; those of a project are added where it reads them. */
export const KNOWN_VARIABLES: readonly string[] = ALL.flatMap((schema) => Object.keys(schema.properties))
