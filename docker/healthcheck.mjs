// The health of a container: readiness of the server in it. Exit status 0 or 1; needs nothing but Node.
try {
  const { status } = await fetch(`http://127.0.0.1:${process.env.SERVERY_PORT ?? 8000}/v1/ready`)
  process.exitCode = status === 200 ? 0 : 1
} catch {
  process.exitCode = 1
}
