import type { ServerAddress, WrittenAddress } from "../../gearman/server-address.ts";
import type { Draft } from "../read/draft.ts";
import type { CompletionContext } from "../table.ts";
import { readTls, type TlsGiven, type TlsRead, withTls } from "./read-tls.ts";

interface Written extends TlsGiven {
  readonly server: readonly WrittenAddress[];
  readonly dupserver: readonly WrittenAddress[];
}

/** The values that follow from the options of TLS: addresses that can be connected to. */
export interface Secured {
  readonly server: readonly ServerAddress[];
  readonly dupserver: readonly ServerAddress[];
}

/** Reads the files, and makes of the written addresses those that are connected to. */
export function completeTls(
  given: Written,
  { values, origins }: Draft,
  { machine, report }: CompletionContext,
): Secured & TlsRead["files"] {
  const { server, dupserver, tls: isDefault } = given;
  const { files, tls } = readTls(given, [...server, ...dupserver], {
    machine,
    report: (option, remark) => report({ ...remark, ...origins.get(option)?.at(-1) }),
    isDecided: values.has("tls"),
  });
  const secured = (servers: readonly WrittenAddress[]) => withTls(servers, tls, isDefault);
  return { ...files, server: secured(server), dupserver: secured(dupserver) };
}
