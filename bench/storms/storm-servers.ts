import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import { SshServer } from "../../test/plugins/ssh/ssh-server.ts";
import { createCertificate, inDays } from "../../test/support/servers/certificates.ts";
import { nrpePacket, nrpeStandIn } from "../../test/support/servers/nrpe-stand-in.ts";

/** Values for the placeholders of commands. */
export type Values = Readonly<Record<string, string | number>>;

/** More than any storm: no connection has to wait for the system. */
const BACKLOG = 4_096;
const PAGE_SIZE = 2_000_000;

/**
 * Servers that stand a storm, or have dear work to do, by the placeholder that asks for them. Each runs in a
 * process of its own: its work must not delay the others.
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

  async nrpe() {
    const options = { ciphers: "ADH:@SECLEVEL=0", maxVersion: "TLSv1.2", dhparam: "auto" } as const;
    return { nrpe: await listen(createSecureServer(options, serveNrpe)) };
  },

  async nrpeplain() {
    return { nrpeplain: await listen(createServer(serveNrpe)) };
  },

  async tlspages() {
    const certificate = createCertificate({ notAfter: inDays(100) });
    return {
      tlspages: await listen(createTlsServer(certificate, (_, response) => response.end("It works\n"))),
    };
  },
};

const answerNrpe = nrpeStandIn((socket, { version }) => {
  socket.end(nrpePacket({ version, text: "OK - load average: 0.10, 0.12, 0.09|load1=0.100;5;9;0;" }));
});

function serveNrpe(socket: Socket): void {
  answerNrpe(socket.on("error", () => {}));
}

async function listen(server: Server): Promise<number> {
  server.listen({ port: 0, host: "0.0.0.0", backlog: BACKLOG });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
