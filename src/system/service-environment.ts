/** What systemd tells a service by variables. */
export interface ServiceEnvironment {
  /** Where it wants to be told how the service is: a path or `@name`. */
  readonly socket: string;
  /** It kills the service that is silent for so long. Undefined: it does not watch this process. */
  readonly watchdogMs: number | undefined;
}

const NAMES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined: no service manager wants to be told. */
export function readServiceEnvironment(
  env: Environment,
  pid: number = process.pid,
): ServiceEnvironment | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env;
  // Other forms, such as vsock:, are of virtual machines.
  if (socket === undefined || !/^[/@]./.test(socket)) return undefined;
  const isWatched = watched === undefined || watched === "" || watched === String(pid);
  const watchdogMs = Number(usec) / 1_000;
  return { socket, watchdogMs: isWatched && watchdogMs > 0 ? watchdogMs : undefined };
}

/** Plugins must not inherit them: a plugin that knows systemd would speak in the worker's name. */
export function forgetServiceEnvironment(): void {
  for (const name of NAMES) delete process.env[name];
}
