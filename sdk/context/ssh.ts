import type { State } from "../state.ts";

/** Where to log in. What is left out is what `ssh` would take: ssh_config, `~/.ssh` and the agent hold. */
export interface SshServer {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** The file of a private key. */
  readonly identity?: string;
  /** Lines of ssh_config, as `ssh -o` takes them: `["StrictHostKeyChecking=accept-new"]`. */
  readonly options?: readonly string[];
  /** Seconds for the login and the command; 10 by default. The time of the check is a limit in any case. */
  readonly timeout?: number;
  /** The state of the answer when the login fails or time is up; CRITICAL by default. */
  readonly failure?: State;
}

/** How a command ended on a server. Texts are read as UTF-8, and have 16 MiB at most. */
export interface SshOutcome {
  /** 255 if a signal has ended the command. */
  readonly returnCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs commands on servers: `context.ssh`. A connection is kept for the next run with the same server and
 * login. Keys, known hosts and settings are those of the user whom the worker runs as; there is no password.
 * What fails is a `CheckFailure` that names the host: `CRITICAL - web1: Host key verification failed.` So it
 * needs no `catch`. A return code above 0 is no failure.
 */
export interface Ssh {
  /** @param command is read by the user's shell on the server. Its stdin is empty. */
  readonly run: (server: SshServer, command: string) => Promise<SshOutcome>;
}
