import { type FileReading, readNamedFile, readNamedLine } from "../../../src/config/read/named-file.ts";
import { Secret } from "../../../src/config/secret.ts";
import { readLivestatusAddress } from "../../backends/livestatus/read-address.ts";
import type { BackendAddress } from "../../backends/open-backend.ts";
import type { WrittenMonitoring } from "./monitoring-kind.ts";

/** A monitoring with its secret, which shows nowhere. */
export interface Monitoring {
  readonly written: WrittenMonitoring;
  readonly secret: Secret | undefined;
}

export function completeMonitoring(written: WrittenMonitoring, reading: FileReading): Monitoring {
  const { password_file, key_file, ca_file } = written.words;
  if (ca_file !== undefined) readNamedFile("ca_file", ca_file, reading);
  const secret =
    readSecret("password_file", password_file, reading) ?? readSecret("key_file", key_file, reading);
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

function readSecret(word: string, path: string | undefined, reading: FileReading): Secret | undefined {
  const text = path === undefined ? undefined : readNamedLine(word, path, reading);
  return text === undefined ? undefined : new Secret(Buffer.from(text, "utf8"));
}
