import { packLines } from "../../../integrations/influxdb/delivery/batch.ts";
import { createPoster } from "../../../integrations/influxdb/delivery/post-lines.ts";
import { writeBatch } from "../../../integrations/influxdb/delivery/write-batch.ts";
import { makeLines } from "../../../integrations/influxdb/lines/make-lines.ts";
import { readRecord } from "../../../integrations/influxdb/lines/read-record.ts";
import { Secret } from "../../../src/config/secret.ts";

/** The lines that the program makes of a record. */
export function linesOf(record: string, doublesBackslashes = false): string {
  const read = readRecord(record.trimEnd());
  if (typeof read === "string") throw new Error(read);
  return makeLines(read, { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes }).text;
}

/** Writes as the program does. `login` is the header `authorization`. */
export async function write(address: string, text: string, login?: string) {
  const url = new URL(address);
  const authorization = login === undefined ? undefined : new Secret(Buffer.from(login));
  using poster = createPoster(
    { name: "t", url, authorization, ca: undefined, doublesBackslashes: false, hasTexts: true },
    10_000,
  );
  return await writeBatch({ body: await packLines(Buffer.from(text, "latin1")) }, poster.post);
}
