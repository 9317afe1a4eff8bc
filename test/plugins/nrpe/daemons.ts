import type { Socket } from "node:net";
import type { Serve } from "../../support/servers/fake-servers.ts";
import {
  type NrpeAnswer,
  nrpePacket,
  nrpeStandIn,
  type PacketParts,
} from "../../support/servers/nrpe-stand-in.ts";

/** Answers with what was asked, in the version that was asked. */
const echo: NrpeAnswer = (socket, { version, text }) => socket.end(nrpePacket({ version, text }));

/** Answers with a packet that differs in these parts. */
function saying(parts: Partial<PacketParts>): NrpeAnswer {
  return (socket, { version }) => socket.end(nrpePacket({ version, text: "OK - said|a=1", ...parts }));
}

/** Sends these bytes of a good packet, and then does something else. */
function part(bytes: number, then: (socket: Socket) => void): NrpeAnswer {
  return (socket, { version }) => {
    socket.write(nrpePacket({ version, text: "OK - a text of some length" }).subarray(0, bytes), () =>
      then(socket),
    );
  };
}

/** Answers some versions and hangs up on others. */
function knowing(versions: readonly number[], answer: NrpeAnswer = echo): NrpeAnswer {
  return (socket, query) => (versions.includes(query.version) ? answer(socket, query) : socket.end());
}

const end = (socket: Socket) => socket.end();
const codes = [1, 2, 3, 4, 77, 255, 256, 258, 32_768, 65_534, 65_535];

/** Daemons that answer at once. */
const ANSWERS: Readonly<Record<string, NrpeAnswer>> = {
  echo,
  old: knowing([2]),
  third: knowing([3]),
  "old with other versions": (socket, { text }) => socket.end(nrpePacket({ version: 2, text })),
  "version 3 only": (socket, { text }) => socket.end(nrpePacket({ version: 3, text })),
  "old NSClient++": knowing([2], saying({ text: "Invalid packet version.3 (or so)", returnCode: 3 })),
  "NSClient++ that knows all": saying({ text: "Invalid packet version.3", returnCode: 3 }),
  "no response": saying({ type: 1 }),
  "bad CRC": saying({ crc: 1 }),
  "bad CRC of an old one": knowing([2], saying({ crc: 1 })),
  empty: saying({ text: "" }),
  "nothing at all": saying({ text: "", isEnded: false }),
  lines: saying({ text: "CRITICAL - bad\nlong line 2\nlong 3 | y=2\n", returnCode: 2 }),
  bytes: saying({ text: "caf\xc3\xa9 \xff\x01\r\n\t|x" }),
  "a NUL within": saying({ text: "before\0after" }),
  "no NUL": saying({ text: "unended text", isEnded: false }),
  long: saying({ text: "long text ".repeat(6_000) }),
  "too long": saying({ text: "x".repeat(70_000) }),
  "most of it": saying({ text: "y".repeat(65_535) }),
  "a negative length": saying({ length: -5 }),
  "a length of zero": saying({ length: 0 }),
  "a length above": saying({ length: 1_000 }),
  "a length below": saying({ length: 3 }),
  closing: end,
  "3 bytes": part(3, end),
  "10 bytes": part(10, end),
  "11 bytes": part(11, end),
  "14 bytes": part(14, end),
  "20 bytes": part(20, end),
  "3 bytes of an old one": knowing([2], part(3, end)),
  "20 bytes of an old one": knowing([2], part(20, end)),
  "more than a packet": (socket, { version }) =>
    socket.end(Buffer.concat([nrpePacket({ version, text: "OK" }), Buffer.from("more and more")])),
  "no daemon": (socket) => socket.end("220 hello there, this is no NRPE\r\n"),
  ...Object.fromEntries(codes.map((returnCode) => [`return code ${returnCode}`, saying({ returnCode })])),
};

/** Daemons that let a client wait. */
const SLOW: readonly NrpeAnswer[] = [
  () => {},
  part(3, () => {}),
  part(30, () => {}),
  // Over TLS the plugin waits for the end of the connection.
  (socket, { version }) => void socket.write(nrpePacket({ version, text: "OK - and stays" })),
  knowing([2], () => {}),
];

/** For TLS and without it. */
export const DAEMONS: readonly Serve[] = Object.values(ANSWERS).map(nrpeStandIn);
/** A TLS socket of Node cannot be reset. */
export const RESETTING: Serve = nrpeStandIn((socket) => socket.resetAndDestroy());
export const SLOW_DAEMONS: readonly Serve[] = [...SLOW.map(nrpeStandIn), () => {}];
