/** Opens the registry that the configuration names, with the clients and stores that it needs. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type registryVariables, ServeryError } from '@servery/core'
import { HttpClient } from '@servery/http-client'
import type { Static } from '@servery/schema'
import { FileRegistry } from './file/registry.ts'
import { MlflowClient } from './mlflow/client.ts'
import { MlflowRegistry } from './mlflow/registry.ts'
import type { ModelRegistry } from './registry/model-registry.ts'
import type { ArtifactStore } from './stores/artifact-store.ts'
import { FolderStore } from './stores/folder-store.ts'
import { ProxyStore } from './stores/proxy-store.ts'
import type { S3Settings } from './stores/s3-client.ts'
import { S3Store } from './stores/s3-store.ts'

export type RegistrySettings = Readonly<Static<typeof registryVariables>>

/**
 * @param settings `MLFLOW_TRACKING_URI` is `file:<folder>`, relative to `rootDirectory`, or the
 * http(s) address of an MLflow server
 * @throws ServeryError `CONFIG_INVALID`
 */
export function openRegistry(settings: RegistrySettings, rootDirectory: string): ModelRegistry {
  const uri = settings.MLFLOW_TRACKING_URI
  if (/^https?:/.test(uri) && URL.canParse(uri)) return openMlflow(settings)
  if (!uri.startsWith('file:'))
    throw new ServeryError(
      'CONFIG_INVALID',
      `MLFLOW_TRACKING_URI=${uri.split(':')[0]}:… is not supported: use file:<folder>, for example file:./registry, or the http(s) address of an MLflow server.`,
    )
  const folder = uri.startsWith('file:///') ? fileURLToPath(uri) : uri.slice('file:'.length)
  return new FileRegistry(path.resolve(rootDirectory, folder))
}

function openMlflow(settings: RegistrySettings): ModelRegistry {
  const maxRetries = settings.MLFLOW_HTTP_REQUEST_MAX_RETRIES
  const timeoutMs = settings.MLFLOW_HTTP_REQUEST_TIMEOUT * 1_000
  const address = new URL(settings.MLFLOW_TRACKING_URI)
  const client = new MlflowClient({
    // Without credentials: the address is shown in messages and links.
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
      `The registry stores artifacts at ${scheme}:, which is not supported; supported are s3:, mlflow-artifacts: and file:.`,
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
    // Other servers than AWS rarely have a host name per bucket, and accept any region.
    region: settings.AWS_REGION || settings.AWS_DEFAULT_REGION || (endpoint && 'us-east-1'),
    pathStyle: style === 'path' || (style === 'auto' && endpoint !== ''),
  }
}
