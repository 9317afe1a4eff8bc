import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { SshServer } from "../../test/plugins/ssh/ssh-server.ts";
import { createCertificate, inDays } from "../../test/support/servers/certificates.ts";

/** Values for the placeholders of commands. */
export type Values = Readonly<Record<string, string | number>>;

/** More than any storm: no connection has to wait for the system. */
const BACKLOG = 4_096;
const PAGE_SIZE = 2_000_000;

/**
 * Servers that stand a storm, by the placeholder that asks for them. Each runs in a process of its own: its
 * work must not delay the others.
 */
export const STORM_SERVERS: Readonly<Record<string, () => Promise<Values>>> = {
  async coldssh() {
    const { words } = await SshServer.start();
    return { coldssh: words.join(" ") };
  },

  async largepages() {
    const page = Buffer.alloc(PAGE_SIZE, "<p>a large page</p>\n");
    return { largepages: await listen(createHttpServer((_, response) => response.end(page))) };
  },

  async tlspages() {
    const certificate = createCertificate({ notAfter: inDays(100) });
    return {
      tlspages: await listen(createTlsServer(certificate, (_, response) => response.end("It works\n"))),
    };
  },
};

async function listen(server: Server): Promise<number> {
  server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
