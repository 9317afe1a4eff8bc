import type { IncomingMessage } from "node:http";
import { badRequest } from "./api-error.ts";

/** The parameters of a request: those of the URL, and those of a form. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;
  readonly files: number;

  constructor(values: ReadonlyMap<string, string>, files = 0) {
    this.#values = values;
    this.files = files;
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw badRequest(`Missing '${name}' argument`);
    return value;
  }

  /** Everything that is no text is written as JSON. */
  json(name: string): unknown {
    const value = this.text(name);
    if (value === undefined) return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw badRequest(`Argument "${name}" is not valid JSON.`);
    }
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.json(name);
    return typeof value === "boolean" ? value : otherwise;
  }

  number(name: string, otherwise: number): number {
    const value = Number(this.text(name));
    return this.text(name) === undefined || Number.isNaN(value) ? otherwise : value;
  }
}

export async function readParams(request: IncomingMessage, url: URL): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const values = new Map(url.searchParams);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return readMultipart(body, type, values);
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) values.set(name, value);
  return new Params(values);
}

async function readMultipart(body: Buffer, type: string, values: Map<string, string>): Promise<Params> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  let files = 0;
  for (const [name, value] of form) {
    if (typeof value === "string") values.set(name, value);
    else files += 1;
  }
  return new Params(values, files);
}
