import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { checkPrometheus } from "../../../plugins/prometheus/check_prometheus.ts";
import { checkSmtp } from "../../../plugins/smtp/check_smtp.ts";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { checkFtp, checkImap, checkTcp } from "../../../plugins/tcp/check_tcp.ts";
import { nrpePacket, nrpeStandIn } from "../../../test/support/servers/nrpe-stand-in.ts";
import type { ServedTarget } from "../../engine/target.ts";
import { latin1 } from "../samples.ts";
import { hostileServer, sendAndClose } from "./hostile.ts";

const AT = "-H 127.0.0.1 -t 2 -p";
const HTTP = [
  "HTTP/1.1 200 OK",
  "\r\n",
  "\n",
  "\r\n\r\n",
  "Content-Length: ",
  "Transfer-Encoding: chunked",
  "Content-Encoding: gzip",
  "Location: /",
  "0\r\n\r\n",
  "fff\r\n",
  ": ",
  " ",
  "\t",
  "\0",
  "Set-Cookie: a=b",
];
const PAGES = latin1(
  "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 06:47:48 GMT\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\0",
);

const json = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const VECTOR =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"1.5"]}]}}';
const NSC = '{"header":{"source_id":""},"payload":[{"command":"c","lines":[{"message":"m"}],"result":"OK"}]}';

/** Servers of one answer. */
export const CHECKED_SERVERS: readonly ServedTarget[] = [
  hostileServer({
    name: "served-tcp",
    samples: () =>
      latin1("220 test.example FTP ready\r\n", "* OK IMAP\r\n", "some words and the end", "\0\0"),
    tokens: ["\r\n", "\0", " ", "end", "220", "* OK", "\n"],
    checks: [
      { check: checkTcp, words: (port) => `${AT} ${port} -e end -A -e words` },
      { check: checkFtp, words: (port) => `${AT} ${port}` },
      { check: checkImap, words: (port) => `${AT} ${port}` },
    ],
  }),
  hostileServer({
    name: "served-http",
    samples: () => PAGES,
    tokens: HTTP,
    checks: [
      { check: checkHttp, words: (port) => `${AT} ${port} -s hello -f follow -M 1h` },
      { check: checkHttp, words: (port) => `${AT} ${port} -N` },
      { check: checkCurl, words: (port) => `${AT} ${port} -r hel+o -f follow` },
    ],
  }),
  hostileServer({
    name: "served-http-kept",
    samples: () => PAGES,
    tokens: HTTP,
    settings: new Map([[NATIVE_HTTP_KEEPALIVE, true]]),
    checks: [
      { check: checkHttp, words: (port) => `${AT} ${port} -f follow` },
      { check: checkCurl, words: (port) => `${AT} ${port}` },
    ],
  }),
  hostileServer({
    name: "served-ssh",
    samples: () =>
      latin1("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "Welcome\r\nSSH-1.99-Foo_1.0 x\r\n", "SSH-2.0\r\n"),
    tokens: ["SSH-", "SSH-2.0-", "\r\n", "\n", "\0", " ", "-"],
    checks: [{ check: checkSsh, words: (port) => `-p ${port} -t 2 127.0.0.1` }],
  }),
  hostileServer({
    name: "served-smtp",
    samples: () =>
      latin1(
        "220 a ESMTP\r\n250-a\r\n250 STARTTLS\r\n221 bye\r\n",
        "220-x\r\n220 y\r\n502 no\r\n",
        "554 no\r\n",
      ),
    tokens: ["220 ", "250-", "250 ", "\r\n", "\n", "\0", " ", "STARTTLS", "AUTH LOGIN"],
    checks: [
      { check: checkSmtp, words: (port) => `${AT} ${port}` },
      { check: checkSmtp, words: (port) => `${AT} ${port} -C MAIL -R 250 -f a@example.org` },
    ],
  }),
  hostileServer({
    name: "served-nrpe",
    samples: () => [2, 3, 4].map((version) => nrpePacket({ version, text: "OK - all is well|a=1" })),
    tokens: ["\0\x02\0\x02", "\0\x04\0\x02", "\0", "\x7f\xff\xff\xff", "\0\x01\0\0"],
    serve: (socket, bytes) => nrpeStandIn((asked) => sendAndClose(asked, bytes))(socket),
    checks: [
      { check: checkNrpe, words: (port) => `${AT} ${port} -n -u -c check_load` },
      { check: checkNrpe, words: (port) => `${AT} ${port} -n -2 -c check_load` },
    ],
  }),
  hostileServer({
    name: "served-nsclient",
    samples: () => latin1("NSClient++ 0.5.2.35 2018-01-28", "23&90&95", "ERROR: x", "1024&2048"),
    tokens: ["&", "\0", "ERROR", "%", "1e9", "-1"],
    checks: [
      { check: checkNt, words: (port) => `${AT} ${port} -v CLIENTVERSION` },
      { check: checkNt, words: (port) => `${AT} ${port} -v CPULOAD -l 60,90,95` },
      { check: checkNt, words: (port) => `${AT} ${port} -v USEDDISKSPACE -l c -w 80 -c 90` },
      { check: checkNt, words: (port) => `${AT} ${port} -v UPTIME` },
    ],
  }),
  hostileServer({
    name: "served-nsc-web",
    samples: () => [...latin1(json(NSC)), ...PAGES],
    tokens: [...HTTP, '"', "{", "}", "[", '"result":', "null", '\\"'],
    checks: [{ check: checkNscWeb, words: (port) => `-t 2 -p x -u http://127.0.0.1:${port} check_load` }],
  }),
  hostileServer({
    name: "served-prometheus",
    samples: () => [...latin1(json(VECTOR)), ...PAGES],
    tokens: [...HTTP, '"', "{", "}", "[", '"value":', "null", '"NaN"', '"scalar"', '"matrix"'],
    checks: [
      { check: checkPrometheus, words: (port) => `mode query -q up --address http://127.0.0.1:${port}` },
    ],
  }),
];
