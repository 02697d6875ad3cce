/**
 * Where model versions come from and results go back to: one interface, one implementation per backend. Beside the
 * errors named here, a registry that cannot be reached or refuses is `UPSTREAM_FAILED`.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type registryVariables, ServeryError } from '@servery/core'
import { HttpClient } from '@servery/http-client'
import type { Static } from 'typebox'
import type { Progress } from './file/copy-version.ts'
import { FileRegistry } from './file/registry.ts'
import { MlflowClient } from './mlflow/client.ts'
import { MlflowRegistry } from './mlflow/registry.ts'
import { type ArtifactStore, FolderStore } from './stores/artifact-store.ts'
import { ProxyStore } from './stores/proxy-store.ts'
import { type S3Settings, S3Store } from './stores/s3-store.ts'

export interface ModelVersion {
  readonly modelId: string
  readonly number: number
  /** `<MODEL-ID>-<n>` */
  readonly name: string
}

export interface RegisterOptions {
  /** Fails before anything is written when the number is another. */
  readonly expectedNumber?: number | undefined
  readonly progress?: Progress
}

export interface ModelRegistry {
  /** Numbers of a model's versions, ascending; empty for an unknown model. @throws ServeryError `CONFIG_INVALID` */
  versions(modelId: string): Promise<number[]>
  /**
   * @param reference `<MODEL-ID>-<n>`, `models:/<MODEL-ID>/<n>` or `models:/<MODEL-ID>@<alias>`
   * @throws ServeryError `CONFIG_INVALID` naming the versions that there are
   */
  resolve(reference: string): Promise<ModelVersion>
  /** @throws ServeryError `MODEL_LOAD_FAILED` when the card is missing or not JSON */
  card(version: ModelVersion): Promise<Record<string, unknown>>
  /**
   * Brings a verified copy to `target`, or finds it there; other files in it, such as test results, are kept.
   * @returns true when something was copied
   * @throws ServeryError `MODEL_LOAD_FAILED`; the target is then as it was
   */
  download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean>
  /**
   * Adds a folder as the next version; the same content again answers the number it has.
   * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
   */
  register(directory: string, modelId: string, options?: RegisterOptions): Promise<ModelVersion>
  /** Files the results of one image with the version; repeating it replaces them. @throws ServeryError as `register` */
  attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void>
}

export type RegistrySettings = Readonly<Static<typeof registryVariables>>

/**
 * @param settings `MLFLOW_TRACKING_URI` is `file:<folder>`, where a relative folder counts from `rootDirectory`, or the
 * http(s) address of an MLflow server
 * @throws ServeryError `CONFIG_INVALID`
 */
export function openRegistry(settings: RegistrySettings, rootDirectory: string): ModelRegistry {
  const uri = settings.MLFLOW_TRACKING_URI
  if (/^https?:/.test(uri) && URL.canParse(uri)) return openMlflow(settings)
  if (!uri.startsWith('file:'))
    throw new ServeryError(
      'CONFIG_INVALID',
      `MLFLOW_TRACKING_URI=${uri.split(':')[0]}:… is not supported: it is file:<folder>, for example file:./registry, or the http(s) address of an MLflow server.`,
    )
  const folder = uri.startsWith('file:///') ? fileURLToPath(uri) : uri.slice('file:'.length)
  return new FileRegistry(path.resolve(rootDirectory, folder))
}

function openMlflow(settings: RegistrySettings): ModelRegistry {
  const maxRetries = settings.MLFLOW_HTTP_REQUEST_MAX_RETRIES
  const timeoutMs = settings.MLFLOW_HTTP_REQUEST_TIMEOUT * 1_000
  const address = new URL(settings.MLFLOW_TRACKING_URI)
  const client = new MlflowClient({
    // Without what may stand before the host: the address is part of messages and of links.
    uri: `${address.origin}${address.pathname}`,
    username: settings.MLFLOW_TRACKING_USERNAME || decodeURIComponent(address.username),
    password: settings.MLFLOW_TRACKING_PASSWORD || decodeURIComponent(address.password),
    token: settings.MLFLOW_TRACKING_TOKEN,
    http: new HttpClient({
      useProxies: true,
      caFile: settings.MLFLOW_TRACKING_SERVER_CERT_PATH,
      insecureTls: settings.MLFLOW_TRACKING_INSECURE_TLS,
      timeoutMs,
    }),
    maxRetries,
  })
  const openStore = (location: string): ArtifactStore => {
    const scheme = location.match(/^([a-z][a-z0-9-]*):/)?.[1] ?? 'file'
    if (scheme === 's3') return new S3Store(location, s3Settings(settings))
    if (scheme === 'mlflow-artifacts') return new ProxyStore(location, client)
    if (scheme === 'file') return new FolderStore(location)
    throw new ServeryError(
      'CONFIG_INVALID',
      `The registry keeps artifacts at ${scheme}:, which is not supported: s3:, mlflow-artifacts: and file: are.`,
    )
  }
  const pages = settings.SERVERY_REGISTRY_PAGES.replace(/\/+$/, '') || client.uri
  return new MlflowRegistry({ client, maxRetries, openStore, alias: settings.SERVERY_MODEL_ALIAS, pages })
}

function s3Settings(settings: RegistrySettings): S3Settings {
  const endpoint = settings.MLFLOW_S3_ENDPOINT_URL
  const style = settings.MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE
  return {
    http: new HttpClient({
      useProxies: true,
      caFile: settings.AWS_CA_BUNDLE,
      insecureTls: settings.MLFLOW_S3_IGNORE_TLS,
      timeoutMs: settings.MLFLOW_HTTP_REQUEST_TIMEOUT * 1_000,
    }),
    maxRetries: settings.MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    accessKeyId: settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
    sessionToken: settings.AWS_SESSION_TOKEN,
    endpoint,
    // A server of one's own seldom has a host name for each bucket, and any region does for it.
    region: settings.AWS_REGION || settings.AWS_DEFAULT_REGION || (endpoint && 'us-east-1'),
    pathStyle: style === 'path' || (style === 'auto' && endpoint !== ''),
  }
}
