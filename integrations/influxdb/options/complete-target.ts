import { type FileReading, readNamedFile, readNamedLine } from "../../../src/config/read/named-file.ts";
import { Secret } from "../../../src/config/secret.ts";
import type { WrittenTarget } from "./target-kind.ts";

/** A database that can be written to. */
export interface Target {
  readonly name: string;
  /** Where lines are posted to. */
  readonly url: URL;
  /** The value of the header `authorization`. */
  readonly authorization: Secret | undefined;
  readonly ca: Buffer | undefined;
  /** How it reads backslashes in names: `TagOptions`. */
  readonly doublesBackslashes: boolean;
  /** VictoriaMetrics has numbers only. */
  readonly hasTexts: boolean;
}

export function completeTarget(written: WrittenTarget, reading: FileReading): Target {
  const { name, caFile, api } = written;
  const doublesBackslashes = api === "v3" || api === "victoriametrics";
  const ca = caFile === undefined ? undefined : readNamedFile("ca_file", caFile, reading);
  const hasTexts = api !== "victoriametrics";
  const authorization = readLogin(written, reading);
  return { name, url: writeUrl(written), authorization, ca, doublesBackslashes, hasTexts };
}

/** The path of the URL comes before it, as behind a proxy. */
function writeUrl({ url, api, database, retention, org, bucket }: WrittenTarget): URL {
  const base = url.href.replace(/\/+$/, "");
  switch (api) {
    case "v1":
    case "victoriametrics":
      return withQuery(`${base}/write`, { db: database, rp: retention, precision: "ms" });
    case "v2":
      return withQuery(`${base}/api/v2/write`, { org, bucket, precision: "ms" });
    case "v3":
      return withQuery(`${base}/api/v3/write_lp`, { db: database, precision: "millisecond" });
  }
}

function withQuery(address: string, query: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function readLogin(
  { api, user, passwordFile, tokenFile }: WrittenTarget,
  reading: FileReading,
): Secret | undefined {
  if (tokenFile !== undefined) {
    const token = readNamedLine("token_file", tokenFile, reading);
    const scheme = api === "v2" ? "Token" : "Bearer";
    return token === undefined ? undefined : new Secret(Buffer.from(`${scheme} ${token}`));
  }
  if (user === undefined || passwordFile === undefined) return undefined;
  const password = readNamedLine("password_file", passwordFile, reading);
  if (password === undefined) return undefined;
  return new Secret(Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`));
}
