import { JobServer } from "../../src/gearman/job-server/job-server.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";

export interface StartedServer {
  readonly address: ServerAddress;
  stop(): Promise<void>;
}

export interface JobServerKind {
  readonly name: string;
  readonly isMissing: boolean;
  start(port?: number): Promise<StartedServer>;
}

const HOST = "127.0.0.1";

/** gearmand is the reference. The built-in job server must pass the same tests. */
export const JOB_SERVERS: readonly JobServerKind[] = [
  { name: "gearmand", isMissing: !hasServer("gearmand"), start: startReal },
  { name: "the built-in job server", isMissing: false, start: startBuiltIn },
];

/** Its `stop` is a crash: kill -9. */
async function startReal(port?: number): Promise<StartedServer> {
  const gearmand = await startGearmand(port === undefined ? {} : { port });
  return { address: { host: HOST, port: gearmand.port }, stop: () => gearmand.kill9() };
}

async function startBuiltIn(port = 0): Promise<StartedServer> {
  const server = new JobServer({ port });
  await server.start();
  return { address: { host: HOST, port: server.port }, stop: () => server.stop() };
}
