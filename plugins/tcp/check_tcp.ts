import {
  type Check,
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  RESOLVER,
  ResolveError,
  withinSeconds,
} from "../../sdk/index.ts";
import { type DialContext, DialError } from "../transport/dial.ts";
import { socketTimeout } from "../transport/timing.ts";
import { TlsError } from "../transport/tls.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";
import { converse } from "./conversation.ts";
import { TCP_OPTIONS } from "./options.ts";
import { readTcpRequest, type Service, type TcpRequest } from "./request.ts";

export const checkTcp = defineService("a TCP port, and what it says", { name: "check_tcp" });

export const checkUdp = defineService("what a UDP port answers", { name: "check_udp", transport: "udp" });

export const checkFtp = defineService("an FTP server's greeting", {
  name: "check_ftp",
  port: 21,
  expect: ["220"],
  quit: "QUIT\r\n",
});

export const checkPop = defineService("a POP3 server's greeting", {
  name: "check_pop",
  port: 110,
  expect: ["+OK"],
  quit: "QUIT\r\n",
});

export const checkSpop = defineService("a POP3 server's greeting over TLS", {
  name: "check_spop",
  port: 995,
  expect: ["+OK"],
  quit: "QUIT\r\n",
  usesTls: true,
});

export const checkImap = defineService("an IMAP server's greeting", {
  name: "check_imap",
  port: 143,
  expect: ["* OK"],
  quit: "a1 LOGOUT\r\n",
});

export const checkSimap = defineService("an IMAP server's greeting over TLS", {
  name: "check_simap",
  port: 993,
  expect: ["* OK"],
  quit: "a1 LOGOUT\r\n",
  usesTls: true,
});

export const checkSsmtp = defineService("an SMTP server's greeting over TLS", {
  name: "check_ssmtp",
  port: 465,
  expect: ["220"],
  quit: "QUIT\r\n",
  usesTls: true,
});

export const checkNntp = defineService("an NNTP server's greeting", {
  name: "check_nntp",
  port: 119,
  expect: ["200", "201"],
  quit: "QUIT\r\n",
});

export const checkNntps = defineService("an NNTP server's greeting over TLS", {
  name: "check_nntps",
  port: 563,
  expect: ["200", "201"],
  quit: "QUIT\r\n",
  usesTls: true,
});

export const checkJabber = defineService("a Jabber server's stream", {
  name: "check_jabber",
  port: 5222,
  send: "<stream:stream to='host' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\n",
  expect: ["<?xml version='1.0'"],
  quit: "</stream:stream>\n",
  hidesReply: true,
});

export const checkClamd = defineService("ClamAV's daemon", {
  name: "check_clamd",
  port: 3310,
  send: "PING",
  expect: ["PONG"],
});

function defineService(summary: string, service: Service): Check {
  return defineCheck({
    name: service.name,
    summary,
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    options: TCP_OPTIONS,
    read: (argv) => readTcpRequest(argv, service),
    target: ({ address }) => address,
    run,
  });
}

async function run(request: TcpRequest, context: CheckContext): Promise<CheckOutput> {
  const { signal } = context;
  const shared = { resolver: context.shared(RESOLVER), contexts: context.shared(TLS_CONTEXTS) };
  const printed: string[] = [];
  await requireHost(request, { ...shared, signal });
  const onTimeout = socketTimeout(request.timeout, printed);
  return withinSeconds({ seconds: request.timeout, signal, onTimeout }, async (deadline) => {
    const { returnCode, output } = await converse({
      request,
      printed,
      ...shared,
      signal: deadline,
    }).catch((error: unknown) => readFailure(error, request));
    return { returnCode, output: `${printed.join("")}${output}` };
  });
}

/** Resolves the name once before the time-out begins, as the plugin does. */
async function requireHost(
  { service, address, family }: TcpRequest,
  { resolver, signal }: DialContext,
): Promise<void> {
  if (address.startsWith("/")) return;
  try {
    await resolver.resolve(address, family, signal);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new CheckFailure(`${service} CRITICAL - Invalid hostname, address or socket: ${address}`, CRITICAL);
  }
}

function readFailure(error: unknown, { refused }: TcpRequest): CheckOutput {
  if (error instanceof DialError) {
    return { returnCode: error.step === "connect" ? refused : error.state, output: `${error.message}\n` };
  }
  throw error instanceof TlsError ? error.decline() : error;
}
