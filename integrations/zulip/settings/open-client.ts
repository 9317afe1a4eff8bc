import { readFileSync } from "node:fs";
import { setGlobalProxyFromEnv } from "node:http";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import type { Connection, KeySource } from "./connection.ts";

export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of omd-worker. */
  readonly version: string;
}

/**
 * A client for a program that talks to this server only: certificates and proxies are those of the process.
 */
export function openClient(connection: Connection, { env, version }: OpenOptions): ZulipClient {
  const { authorities } = connection;
  if (authorities !== undefined) setDefaultCACertificates([...getCACertificates("default"), authorities]);
  setGlobalProxyFromEnv(env);
  return createClient(connection, version);
}

/** Another client for a process that has had one: certificates and proxies stay as they are. */
export function createClient(
  { site, email, key, timeoutMs }: Connection,
  version: OpenOptions["version"],
): ZulipClient {
  return new ZulipClient({
    site,
    timeoutMs,
    userAgent: `omd-worker/${version}`,
    login: () => ({ email, key: readKey(key) }),
  });
}

function readKey(source: KeySource): string {
  switch (source.kind) {
    case "value":
      return source.secret.reveal().toString("utf8");
    case "file":
      try {
        return readFileSync(source.path, "utf8").trim();
      } catch {
        const failure = { kind: "unauthorized", status: 0, code: "" } as const;
        throw new ZulipError(`the API key cannot be read: ${source.path}`, failure);
      }
  }
}
