import { packLines } from "../../../integrations/influxdb/delivery/batch.ts";
import { createPoster } from "../../../integrations/influxdb/delivery/post-lines.ts";
import { writeBatch } from "../../../integrations/influxdb/delivery/write-batch.ts";
import { makeLines } from "../../../integrations/influxdb/lines/make-lines.ts";
import { readRecord } from "../../../integrations/influxdb/lines/read-record.ts";

/** The lines that the program makes of a record. */
export function linesOf(record: string, doublesBackslashes = false): string {
  const read = readRecord(record.trimEnd());
  if (typeof read === "string") throw new Error(read);
  return makeLines(read, { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes }).text;
}

/** Writes as the program does. */
export async function write(address: string, text: string) {
  const url = new URL(address);
  using poster = createPoster(
    { name: "t", url, authorization: undefined, ca: undefined, doublesBackslashes: false, hasTexts: true },
    10_000,
  );
  return await writeBatch({ body: await packLines(Buffer.from(text, "latin1")) }, poster.post);
}
