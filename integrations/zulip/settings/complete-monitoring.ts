import { resolve } from "node:path";
import type { Machine } from "../../../src/config/machine.ts";
import { error, type Remark } from "../../../src/config/problem.ts";
import { systemReason } from "../../../src/config/read/read-file.ts";
import { Secret } from "../../../src/config/secret.ts";
import type { BackendAddress } from "../../backends/open-backend.ts";
import { readLivestatusAddress, type WrittenMonitoring } from "./monitoring-kind.ts";

/** A monitoring with its secret, which shows nowhere. */
export interface Monitoring {
  readonly written: WrittenMonitoring;
  readonly secret: Secret | undefined;
}

interface Reading {
  readonly machine: Machine;
  readonly report: (remark: Remark) => void;
}

export function completeMonitoring(written: WrittenMonitoring, reading: Reading): Monitoring {
  const { password_file, key_file, ca_file } = written.words;
  if (ca_file !== undefined) readFile("ca_file", ca_file, reading);
  const secret =
    readFirstLine("password_file", password_file, reading) ?? readFirstLine("key_file", key_file, reading);
  return { written, secret };
}

/** The secret is in it: it is made where it is used. */
export function backendAddress({ written, secret }: Monitoring): BackendAddress {
  const { kind, place, words } = written;
  const [text, caFile] = [secret?.reveal().toString("utf8") ?? "", words.ca_file];
  const expiringAcknowledgement = words.expiring === "yes";
  switch (kind) {
    case "icinga2":
      return { kind, url: place, user: words.user ?? "", password: text, caFile };
    case "thruk":
      return { kind, url: place, apiKey: text, caFile };
    case "livestatus":
      return { kind, address: readLivestatusAddress(place) ?? { path: place }, expiringAcknowledgement };
    case "pipe": {
      const reader = words.livestatus === undefined ? undefined : readLivestatusAddress(words.livestatus);
      return { kind, path: place, reader, expiringAcknowledgement };
    }
  }
}

function readFirstLine(option: string, path: string | undefined, reading: Reading): Secret | undefined {
  const content = path === undefined ? undefined : readFile(option, path, reading);
  if (content === undefined) return undefined;
  const [line = ""] = content.toString("utf8").split("\n", 1);
  const text = line.trim();
  if (text !== "" && !/\p{Cc}/u.test(text)) return new Secret(Buffer.from(text, "utf8"));
  reading.report(error(`${option} ${path} has no ${option.replace("_file", "")} in its first line`));
  return undefined;
}

function readFile(option: string, path: string, { machine, report }: Reading): Buffer | undefined {
  try {
    return machine.readFile(resolve(machine.cwd, path));
  } catch (cause) {
    report(error(`could not open ${option}: ${path}: ${systemReason(cause)}`));
    return undefined;
  }
}
