import { readFileSync } from "node:fs";

/** What a real database has answered to what was sent in one piece. */
export interface RecordedAnswer {
  readonly name: string;
  readonly sent: readonly string[];
  readonly answer: Buffer;
}

const FOLDER = new URL("../fixtures/databases/", import.meta.url);

export function readAnswers(database: "postgresql" | "mariadb"): readonly RecordedAnswer[] {
  const lines = readFileSync(new URL(`${database}.jsonl`, FOLDER), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const { name, sent, answer } = JSON.parse(line);
    return { name, sent, answer: Buffer.from(answer, "hex") };
  });
}

/** The bytes in two pieces, cut at each place, and byte by byte. */
export function everyCut(bytes: Buffer): readonly (readonly Buffer[])[] {
  const inTwo = Array.from({ length: bytes.length + 1 }, (_, at) => [
    Buffer.from(bytes.subarray(0, at)),
    Buffer.from(bytes.subarray(at)),
  ]);
  return [...inTwo, Array.from(bytes, (byte) => Buffer.of(byte))];
}
