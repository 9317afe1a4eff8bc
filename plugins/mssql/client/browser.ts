import { CheckFailure, CRITICAL } from "../../../sdk/index.ts";
import { dialUdp } from "../../transport/datagram.ts";
import type { DialContext } from "../../transport/dial.ts";

const PORT = 1434;
const ONE_INSTANCE = "\x04";
/** Seconds to wait for each answer: a datagram may be lost. */
const WAITS = [1, 2, 4];

/**
 * Asks SQL Server Browser for the port of a named instance (MS-SQLR). Rejects with a CheckFailure where
 * there is no answer, or with a DialError.
 */
export async function findInstance(host: string, instance: string, context: DialContext): Promise<number> {
  using peer = await dialUdp({ host, port: PORT }, context);
  for (const seconds of WAITS) {
    peer.send(`${ONE_INSTANCE}${instance}\0`);
    if (!(await peer.select(seconds))) continue;
    const port = readPort(await peer.receive(65_535), instance);
    if (port !== undefined) return port;
    break;
  }
  context.signal.throwIfAborted();
  const text = `CRITICAL - SQL Server Browser of ${host} does not tell the port of the instance ${instance}`;
  throw new CheckFailure(text, CRITICAL);
}

/** Reads `ServerName;…;InstanceName;…;…;tcp;1433;;` behind a head of three bytes. */
export function readPort(answer: string, instance: string): number | undefined {
  for (const described of answer.slice(3).split(";;")) {
    const words = described.split(";");
    const find = (name: string) => words[words.indexOf(name) + 1];
    if (find("InstanceName")?.toUpperCase() !== instance.toUpperCase() || !words.includes("tcp")) continue;
    const port = Number(find("tcp"));
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  }
  return undefined;
}
