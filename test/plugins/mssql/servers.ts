import type { SecureContextOptions } from "node:tls";
import { answerAs } from "../../support/tds/sql-server.ts";
import { TdsServer } from "../../support/tds/tds-server.ts";
import { INSTANCES } from "./instances.ts";

/** Servers of all instances by their names, and `secure`, which is as `usual` with TLS. */
export async function startInstances(
  tls: SecureContextOptions,
): Promise<AsyncDisposable & { readonly ports: ReadonlyMap<string, number> }> {
  const users = { mon: "secret", "DOM\\mon": "nt" };
  const databases = ["master", "Sales", "tempdb"];
  const named = Object.entries(INSTANCES);
  const secure = named
    .filter(([name]) => name === "usual")
    .map(([, instance]) => ["secure", instance] as const);
  const servers = await Promise.all(
    [...named, ...secure].map(async ([name, instance]) => {
      const settings = { users, databases, ...(name === "secure" && { tls }) };
      return [name, await TdsServer.start({ ...settings, answer: answerAs(instance) })] as const;
    }),
  );
  return {
    ports: new Map(servers.map(([name, { port }]) => [name, port])),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map(([, server]) => server[Symbol.asyncDispose]()));
    },
  };
}
