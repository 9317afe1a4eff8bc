import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { reasonOf } from "../reason.ts";
import type { ServerAddress } from "../server-address.ts";
import { openSocket } from "../socket.ts";
import type { ValidityOfCertificate } from "./validity.ts";

/** The certificate that a server shows over TLS. Rejects if there is no agreement. */
export async function readServerCertificate(
  server: ServerAddress,
  timeoutMs: number,
): Promise<ValidityOfCertificate> {
  const { promise, resolve, reject } = Promise.withResolvers<ValidityOfCertificate>();
  const timer = setTimeout(() => reject(new Error(`no TLS within ${timeoutMs} ms`)), timeoutMs);
  const onOpen = () => {
    const certificate = isTls(socket) ? socket.getPeerX509Certificate() : undefined;
    if (certificate === undefined) reject(new Error("it shows no certificate"));
    else resolve(certificate);
  };
  const socket: Socket = openSocket(server, { onOpen, onChunk: () => {} }).on("error", (cause) =>
    reject(new Error(reasonOf(cause), { cause })),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function isTls(socket: Socket): socket is TLSSocket {
  return "getPeerX509Certificate" in socket;
}
