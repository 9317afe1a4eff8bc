import { randomBytes } from "node:crypto";

/** Secrets that appear nowhere by accident, each with a name that says where it was planted. */
export class PlantedSecrets {
  readonly #byName = new Map<string, string>();

  /** A new secret. It has what base64 and URLs change, and nothing that a shell does. */
  plant(name: string): string {
    const secret = `s3+${randomBytes(9).toString("hex")}/${this.#byName.size}x`;
    this.#byName.set(name, secret);
    return secret;
  }

  /** The same in bytes that fill a key. */
  plantKey(name: string): string {
    const secret = `k3y${randomBytes(14).toString("hex")}`;
    this.#byName.set(name, secret);
    return secret;
  }

  /** A text that is a secret already, such as a line of a private key. */
  add(name: string, secret: string): void {
    this.#byName.set(name, secret);
  }

  get count(): number {
    return this.#byName.size;
  }

  /** The names of those that a text has, as they are or encoded, with the place. */
  foundIn(text: string): readonly string[] {
    return [...this.#byName].flatMap(([name, secret]) =>
      formsOf(secret)
        .filter(([, form]) => text.includes(form))
        .map(([how, form]) => `${name} ${how}: …${around(text, form)}…`),
    );
  }
}

function formsOf(secret: string): readonly (readonly [how: string, form: string])[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  return [
    ["as it is", secret],
    ["for a URL", encodeURIComponent(secret)],
    ["in hexadecimal", hex],
    ["in HEXADECIMAL", hex.toUpperCase()],
    ["backwards", [...secret].reverse().join("")],
    // Behind none, one or two other bytes, without the ends that depend on the neighbours.
    ...[0, 1, 2].map((shift) => ["in base64", base64Inside(bytes, shift)] as const),
  ];
}

function base64Inside(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
  return text.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at));
}
