/**
 * Every variable that Servery reads, in one place: each package takes its own object from here, unknown names are
 * checked against all of them, and docs/environment.md is generated from them. Units stand in the names.
 */
import { type TObject, Type } from 'typebox'

const text = (description: string, fallback?: string) =>
  Type.String({ description, ...(fallback === undefined ? {} : { default: fallback }) })
const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum })
const choice = <T extends string>(description: string, fallback: T, ...values: T[]) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description, default: fallback },
    ),
  )

/** Which version of which model, and where it lies: read by the server and by the download and upload tasks. */
export const modelVariables = Type.Object({
  SERVERY_MODEL_VERSION: Type.String({
    description: 'Version to serve, <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1. Stands in config/default.env.',
    pattern: '^[A-Za-z][A-Za-z0-9-]*-[0-9][0-9.]*$',
  }),
  SERVERY_MODEL_DIRECTORY: text(
    'Folder of the version; empty means models/<SERVERY_MODEL_VERSION> in the project.',
    '',
  ),
  IMAGE_TAG: text('Tag of the image that is tested; names the folder of its results.', 'dev'),
})

/** The model server. */
export const serverVariables = Type.Object({
  SERVERY_HOST: text('Address to listen on.', '0.0.0.0'),
  SERVERY_PORT: integer('Port to listen on; 0 takes a free one.', 8000, 0, 65535),
  SERVERY_NUM_WORKERS: integer('Worker processes; 0 means one per CPU that this process may use.', 0, 0, 256),
  SERVERY_DEVICE: choice('Where models run.', 'cpu', 'cpu', 'gpu', 'neuron', 'auto'),
  SERVERY_REQUEST_TIMEOUT_MS: integer('Longest time a request may take, in milliseconds.', 25_000, 1, 3_600_000),
  SERVERY_DRAIN_DELAY_MS: integer(
    'After SIGTERM, how long readiness is 503 while requests are still taken, in milliseconds: time for a load balancer to look elsewhere.',
    0,
    0,
    600_000,
  ),
  SERVERY_MODEL_LOAD_TIMEOUT_MS: integer(
    'Longest time a worker may take to load its model, in milliseconds.',
    120_000,
    1_000,
    3_600_000,
  ),
  SERVERY_MAX_QUEUE_ITEMS: integer(
    'Items admitted and not yet answered, per model; more are refused with 429.',
    1_024,
    1,
    1_000_000,
  ),
  SERVERY_MAX_QUEUE_COST: integer(
    'Estimated work (tokens) admitted and not yet answered, per model.',
    262_144,
    1,
    1_000_000_000,
  ),
  SERVERY_ASYNC_CONCURRENCY: integer('Requests in flight of a model that waits on the network.', 64, 1, 100_000),
  SERVERY_MAX_BODY_BYTES: integer(
    'Largest request body in bytes, after decompression.',
    2_000_000,
    1_000,
    1_000_000_000,
  ),
  SERVERY_MAX_ITEMS: integer('Most inputs in one request.', 256, 1, 100_000),
  SERVERY_MAX_CHARACTERS: integer('Longest text of one input, in UTF-16 units.', 200_000, 1, 100_000_000),
  SERVERY_VERIFY_MODEL: Type.Boolean({
    description: 'Compare every file of the model version with its manifest at start.',
    default: false,
  }),
  SERVERY_SELF_TEST: choice(
    'What a drift from the recorded answers does at start.',
    'require',
    'require',
    'warn',
    'off',
  ),
  SERVERY_LOG_LEVEL: choice(
    'Least severe log line written.',
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

const flag = (description: string, fallback: boolean) => Type.Boolean({ description, default: fallback })

/** The model registry: read by the download, upload and push tasks, never by the server. Names of MLflow's own client are kept. */
export const registryVariables = Type.Object({
  MLFLOW_TRACKING_URI: text(
    'Model registry: file:<folder>, relative to the repository root, or the http(s) address of an MLflow server.',
    'file:./registry',
  ),
  SERVERY_REGISTRY_PAGES: text(
    'Address of the pages of the MLflow server in links, where people open them at another one than tasks do; empty means MLFLOW_TRACKING_URI.',
    '',
  ),
  MLFLOW_TRACKING_USERNAME: text('User name for the MLflow server; with the password it wins over the token.', ''),
  MLFLOW_TRACKING_PASSWORD: text('Password for the MLflow server.', ''),
  MLFLOW_TRACKING_TOKEN: text('Bearer token for the MLflow server.', ''),
  MLFLOW_TRACKING_SERVER_CERT_PATH: text('PEM file of the certificates to trust for the MLflow server.', ''),
  MLFLOW_TRACKING_INSECURE_TLS: flag('Do not check the certificate of the MLflow server.', false),
  MLFLOW_HTTP_REQUEST_TIMEOUT: integer(
    'Longest silence of the MLflow server or of S3, in seconds (a name of MLflow).',
    120,
    1,
    3_600,
  ),
  MLFLOW_HTTP_REQUEST_MAX_RETRIES: integer('Attempts after the first, per request.', 5, 0, 10),
  MLFLOW_S3_ENDPOINT_URL: text('Address of an S3 server other than AWS.', ''),
  MLFLOW_S3_IGNORE_TLS: flag('Do not check the certificate of the S3 server.', false),
  MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: choice(
    'Bucket in the path or in the host name of S3 addresses; auto is path with MLFLOW_S3_ENDPOINT_URL.',
    'auto',
    'auto',
    'path',
    'virtual',
  ),
  AWS_ACCESS_KEY_ID: text(
    'Key for S3; empty means where the AWS SDK looks for credentials: profiles, containers, the machine.',
    '',
  ),
  AWS_SECRET_ACCESS_KEY: text('Secret of that key.', ''),
  AWS_SESSION_TOKEN: text('Session of that key, when it is a temporary one.', ''),
  AWS_CA_BUNDLE: text('PEM file of the certificates to trust for S3.', ''),
  AWS_REGION: text('Region of S3.', ''),
  AWS_DEFAULT_REGION: text('Region of S3 when AWS_REGION is not set.', ''),
  SERVERY_MODEL_REFERENCE: text(
    'Version to download or to file results with, models:/<MODEL-ID>@<alias> or models:/<MODEL-ID>/<n>; empty means SERVERY_MODEL_VERSION.',
    '',
  ),
  SERVERY_MODEL_ALIAS: text('Alias that a push sets on its version in MLflow; empty sets none.', 'challenger'),
})

/** Further criteria that a load run can have. */
export const MAX_LOAD_CRITERIA = 99

/** The load suite. */
export const loadVariables = Type.Object({
  SERVERY_LOAD_SECONDS: integer(
    'Seconds of a load run that count, or of each rate of a sweep; 0 means as the plan of the project says, or 6.',
    0,
    0,
    3_600,
  ),
  SERVERY_LOAD_SEED: integer('Seed of the texts that a load run sends and of their order.', 1, 0, 2_147_483_647),
  SERVERY_LOAD_N_CRITERIA: integer(
    'Further criteria of a load run: SERVERY_LOAD_CRITERIA_<i>_{NAME,THRESHOLD,ENSURE_LOWER,HARD,ENDPOINT_TYPE,ENDPOINT_URL} for i from 1.',
    0,
    0,
    MAX_LOAD_CRITERIA,
  ),
})

/** Criterion `i`, from 1; name and threshold are required. `<i>` stands for any in the documentation. */
export function criterionVariables(i: number | '<i>') {
  const prefix = `SERVERY_LOAD_CRITERIA_${i}_`
  return Type.Object({
    [`${prefix}NAME`]: text('A measurement, for example response_time_p99.'),
    [`${prefix}THRESHOLD`]: Type.Number({ description: 'Milliseconds, a count or a share, as the measurement is.' }),
    [`${prefix}ENSURE_LOWER`]: flag('Whether the value must be below the threshold, else at least as much.', true),
    [`${prefix}HARD`]: flag('Whether the run fails when it is not met.', true),
    [`${prefix}ENDPOINT_TYPE`]: choice('Method of the endpoint.', 'POST', 'GET', 'POST', 'PUT', 'DELETE'),
    [`${prefix}ENDPOINT_URL`]: text('Path of the endpoint, or bio, or predict.', 'predict'),
  })
}

/** Names that exist for every i. */
export const INDEXED_VARIABLES = new RegExp(
  `^(${Object.keys(criterionVariables('<i>').properties).join('|').replaceAll('<i>', '[1-9]\\d?')})$`,
)

const ALL: readonly TObject[] = [modelVariables, serverVariables, registryVariables, loadVariables]

/** Names of all variables above; a project's own are added where it reads them. */
export const KNOWN_VARIABLES: readonly string[] = ALL.flatMap((schema) => Object.keys(schema.properties))
