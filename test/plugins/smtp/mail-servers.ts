import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { ServerCertificate } from "../../support/servers/certificates.ts";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** What a mail server says, by the first word of a command. Undefined: nothing. */
export interface MailServer {
  readonly banner: string;
  readonly answers: Readonly<Record<string, string>>;
  /** What it says to any other command. */
  readonly other?: string;
  /** Hangs up, or resets the connection, when it has answered this command. */
  readonly hangsUpAfter?: string;
  readonly resetsAfter?: string;
}

const OK = "250 2.0.0 Ok\r\n";
const EHLO = "250-mail.example greets you\r\n250-SIZE 36700160\r\n250-STARTTLS\r\n250 HELP\r\n";
const USUAL = {
  HELO: "250 mail.example\r\n",
  EHLO,
  LHLO: EHLO,
  MAIL: OK,
  NOOP: OK,
  QUIT: "221 2.0.0 Bye\r\n",
  STARTTLS: "220 go ahead\r\n",
  RCPT: "550 5.1.1 no such user\r\n",
  VRFY: "252-one\r\n252-two\r\n252 three\r\n",
};
const BANNER = "220 mail.example ESMTP ready\r\n";

/** Servers that speak plainly, and without STARTTLS. */
export const PLAIN_SERVERS: Readonly<Record<string, MailServer>> = {
  usual: { banner: BANNER, answers: USUAL, other: "500 5.5.1 unknown\r\n" },
  lines: { banner: "220-one\r\n220-two\r\n220 three\r\n", answers: USUAL, other: "502 no\r\n" },
  unwilling: { banner: "554 no service\r\n", answers: { ...USUAL, HELO: "503 no\r\n", EHLO: "503 no\r\n" } },
  tlsless: {
    banner: BANNER,
    answers: { ...USUAL, EHLO: "250-mail.example\r\n250 HELP\r\n" },
    other: "500 x\r\n",
  },
  busy: { banner: BANNER, answers: { ...USUAL, STARTTLS: "454 not now\r\n" }, other: "500 x\r\n" },
  blank: {
    banner: "220 \t \r\n",
    answers: { ...USUAL, HELO: " \r\n", NOOP: "\r\n" },
    other: "250 a\tb  \r\n",
  },
  bytes: { banner: "220 caf\xc3\xa9 \xff|x\r\n", answers: USUAL, other: "250 \0hidden\r\n" },
  bare: {
    banner: "220 x\n",
    answers: { ...USUAL, QUIT: "", HELO: "250 y\n" },
    other: "250-\n250-z\n250\n",
    hangsUpAfter: "QUIT",
  },
  long: {
    banner: `220-${"x".repeat(5000)}\r\n220 y\r\n`,
    answers: { ...USUAL, NOOP: `250-${"n".repeat(9000)}\r\n250 z\r\n` },
    other: OK,
  },
  tooLong: { banner: `220-${"x".repeat(9000)}\r\n220 y\r\n`, answers: USUAL },
  pipelined: { banner: `${BANNER}250 early\r\n`, answers: USUAL, other: OK },
  unended: { banner: "220 no line break", answers: USUAL, hangsUpAfter: "HELO" },
  unheard: { banner: BANNER, answers: {}, hangsUpAfter: "HELO" },
  quits: { banner: BANNER, answers: USUAL, other: OK, hangsUpAfter: "HELO" },
  numbers: {
    banner: "220-a\r\n22-b\r\n2201c\r\n",
    answers: { ...USUAL, HELO: "250\r\n" },
    other: "1234-x\r\n",
  },
};

/** Their answers depend on when the connection breaks. */
export const BROKEN_SERVERS: readonly MailServer[] = [
  { banner: BANNER, answers: USUAL, resetsAfter: "HELO" },
  { banner: BANNER, answers: USUAL, resetsAfter: "QUIT" },
  { banner: BANNER, answers: USUAL, hangsUpAfter: "NOOP" },
  { banner: BANNER, answers: USUAL, hangsUpAfter: "STARTTLS" },
];

/** Serves a mail server. With a certificate it starts TLS when it is asked to. */
export function serveMail(server: MailServer, certificate?: ServerCertificate): Serve {
  const context = certificate && createSecureContext(certificate);
  return (socket) => {
    socket.write(server.banner, "latin1");
    answerCommands(socket, { server, context, raw: socket });
  };
}

interface Talk {
  readonly server: MailServer;
  readonly context: SecureContext | undefined;
  /** The connection below TLS. */
  readonly raw: Socket;
}

function answerCommands(socket: Socket, { server, context, raw }: Talk): void {
  let heard = "";
  const onData = (data: Buffer): void => {
    heard += data.toString("latin1");
    for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
      const [word = ""] = heard.slice(0, end).trimEnd().split(" ");
      heard = heard.slice(end + 1);
      const answer = Object.hasOwn(server.answers, word) ? server.answers[word] : server.other;
      if (answer) socket.write(answer, "latin1");
      if (word === server.hangsUpAfter) socket.end();
      if (word === server.resetsAfter) raw.resetAndDestroy();
      if (word !== "STARTTLS" || !answer?.startsWith("220") || context === undefined) continue;
      socket.off("data", onData);
      const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
      secure.on("error", () => {}).on("end", () => secure.end());
      answerCommands(secure, { server, context: undefined, raw });
      return;
    }
  };
  socket.on("data", onData);
}
