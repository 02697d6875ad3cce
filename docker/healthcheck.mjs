// Health check of a container: the readiness of its server. Exit status 0 or 1; needs only Node.
const { SERVERY_HOST = '0.0.0.0', SERVERY_PORT = '8000' } = process.env
const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[SERVERY_HOST] ?? SERVERY_HOST
try {
  const { status } = await fetch(`http://${host}:${SERVERY_PORT}/v1/ready`)
  process.exitCode = status === 200 ? 0 : 1
} catch {
  process.exitCode = 1
}
