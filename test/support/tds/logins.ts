import { createHmac, timingSafeEqual } from "node:crypto";
import { md4 } from "./md4.ts";

/** What a client asks for in LOGIN7, MS-TDS 2.2.6.4. */
export interface Login {
  readonly tdsVersion: number;
  readonly userName: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  /** The first message of NTLM, if the client uses it. */
  readonly sspi: Buffer | undefined;
}

const FIRST_OFFSET = 36;

/** The names of the texts in LOGIN7, in their order; each has an offset and a length there. */
const TEXTS = ["host", "user", "password", "application", "server", "extension", "library"] as const;

export function readLogin(body: Buffer): Login {
  const at = (index: number) => {
    const offset = body.readUInt16LE(FIRST_OFFSET + 4 * index);
    return body.subarray(offset, offset + 2 * body.readUInt16LE(FIRST_OFFSET + 4 * index + 2));
  };
  const text = (name: (typeof TEXTS)[number]) => at(TEXTS.indexOf(name)).toString("utf16le");
  const sspiAt = FIRST_OFFSET + 4 * 9 + 6;
  const sspiLength = body.readUInt16LE(sspiAt + 2);
  const sspiOffset = body.readUInt16LE(sspiAt);
  return {
    tdsVersion: body.readUInt32LE(4),
    userName: text("user"),
    password: unscramble(at(TEXTS.indexOf("password"))),
    application: text("application"),
    database: at(8).toString("utf16le"),
    sspi: sspiLength === 0 ? undefined : body.subarray(sspiOffset, sspiOffset + sspiLength),
  };
}

/** Each byte has its halves exchanged, and is combined with A5. */
function unscramble(password: Buffer): string {
  const plain = password.map((byte) => {
    const turned = byte ^ 0xa5;
    return ((turned & 0x0f) << 4) | (turned >> 4);
  });
  return Buffer.from(plain).toString("utf16le");
}

const CHALLENGE = Buffer.from("0123456789abcdef", "hex");
const NTLM_FLAGS = 0xa2898205;

/** The server's message of NTLM, MS-NLMP 2.2.1.2, with a challenge that is always the same. */
export function ntlmChallenge(domain: string): Buffer {
  const name = Buffer.from(domain, "utf16le");
  const pair = (id: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const target = Buffer.concat([pair(2, name), pair(1, name), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(56);
  head.write("NTLMSSP\0", "latin1");
  head.writeUInt32LE(2, 8);
  writeField(head, 12, { length: name.length, offset: 56 });
  head.writeUInt32LE(NTLM_FLAGS, 20);
  CHALLENGE.copy(head, 24);
  writeField(head, 40, { length: target.length, offset: 56 + name.length });
  return Buffer.concat([head, name, target]);
}

function writeField(head: Buffer, at: number, { length, offset }: { length: number; offset: number }): void {
  head.writeUInt16LE(length, at);
  head.writeUInt16LE(length, at + 2);
  head.writeUInt32LE(offset, at + 4);
}

/** Who answers the challenge, and whether the answer is of NTLMv2 and of this password. */
export function readNtlmAnswer(message: Buffer): {
  readonly domain: string;
  readonly userName: string;
  readonly isOf: (password: string) => boolean;
} {
  const field = (at: number) =>
    message.subarray(message.readUInt32LE(at + 4), message.readUInt32LE(at + 4) + message.readUInt16LE(at));
  const domain = field(28).toString("utf16le");
  const userName = field(36).toString("utf16le");
  // The driver in the package `tedious` tells the length of the proof only; what it proves follows.
  const answer = message.readUInt16LE(20) > 16 ? field(20) : message.subarray(message.readUInt32LE(24));
  const isOf = (password: string) => {
    const key = createHmac("md5", md4(Buffer.from(password, "utf16le")))
      .update(Buffer.from(userName.toUpperCase() + domain, "utf16le"))
      .digest();
    const proof = createHmac("md5", key)
      .update(Buffer.concat([CHALLENGE, answer.subarray(16)]))
      .digest();
    return answer.length > 16 && timingSafeEqual(proof, answer.subarray(0, 16));
  };
  return { domain, userName, isOf };
}
