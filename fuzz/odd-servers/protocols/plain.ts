import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { checkSmtp } from "../../../plugins/smtp/check_smtp.ts";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { checkFtp, checkImap, checkTcp } from "../../../plugins/tcp/check_tcp.ts";
import type { Check } from "../../../sdk/index.ts";
import { type Dialogue, type Protocol, texts } from "../protocol.ts";

const at = (line: string) => `-H 127.0.0.1 -p PORT -t 2 ${line}`.trim().split(" ");
const lineEnd = (heard: Buffer) => heard.indexOf("\n") + 1;
const STRANGERS = [
  ...["", "\0", "\r\n", "\n", "\n\n\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "\xff\xfd\x01"],
  ...["\x15\x03\x01\0\x02\x02\x46", "caf\xc3\xa9\r\n", "%s%n", "a|b\r\n"],
];

const greeted = (check: Check, line: string, ...turns: readonly (readonly string[])[]): Dialogue => ({
  check,
  words: at(line),
  turns: turns.map((turn) => texts(...turn)),
});

const MAIL = [["220 a ESMTP\r\n"], ["250-a\r\n", "250-SIZE 5\r\n", "250 STARTTLS\r\n"]];
const SMTP: Protocol = {
  name: "SMTP",
  greets: true,
  sizeOf: lineEnd,
  tokens: ["220 ", "250-", "250 ", "\r\n", "\n", "\0", " ", "-", "STARTTLS", "2"],
  others: texts(...STRANGERS, "220-x\r\n", "250 ok\r\n", "554 no\r\n", "421 gone\r\n", "2200 x\r\n", "250-"),
  dialogues: [
    greeted(checkSmtp, "", ["220-one\r\n", "220 two\r\n"], ["250 ok\r\n"], ["221 bye\r\n"]),
    greeted(checkSmtp, "-e 220 -w 5 -c 9", ["220 a ESMTP\r\n"], ["250 ok\r\n"], ["221 bye\r\n"]),
    greeted(checkSmtp, "-C NOOP -R 250 -f me@x", ...MAIL, ["250 ok\r\n"], ["250 ok\r\n"], ["221 bye\r\n"]),
    greeted(checkSmtp, "-S", ...MAIL, ["454 not now\r\n"], ["221 bye\r\n"]),
  ],
};

const TCP: Protocol = {
  name: "TCP",
  greets: true,
  sizeOf: lineEnd,
  tokens: ["220", "* OK", "\r\n", "\0", "\n", " ", "end", "+OK"],
  others: texts(...STRANGERS, "220 x\r\n", "* OK IMAP\r\n", "+OK\r\n", "end"),
  dialogues: [
    greeted(checkTcp, "-e end", ["some words\r\n", "and the end\r\n"]),
    greeted(checkTcp, "-e end -e words -A -m 20", ["some words\r\n", "and the end\r\n"]),
    greeted(checkTcp, "-s x\\n -E -e answer -q bye\\n -M crit", [], ["an answer\r\n"], ["bye\r\n"]),
    greeted(checkTcp, "-e end -j -d 0", ["words", "end"]),
    greeted(checkFtp, "", ["220-test\r\n", "220 FTP ready\r\n"], ["221 bye\r\n"]),
    greeted(checkImap, "", ["* OK IMAP4rev1\r\n"], ["* BYE\r\n", "a1 OK\r\n"]),
  ],
};

const SSH: Protocol = {
  name: "SSH",
  greets: true,
  tokens: ["SSH-", "SSH-2.0-", "1.99", "\r\n", "\n", "\r", "\0", " ", "-", "2.0"],
  others: texts(
    ...STRANGERS,
    "Welcome\r\n",
    "SSH-1.5-old\n",
    "SSH-",
    "SSH-2.0\r\n",
    "SSH-2.0-OpenSSH_9.2p1\n",
  ),
  dialogues: [
    [["-t", "2"], "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"] as const,
    [["-t", "2", "-r", "OpenSSH_9.2p1 Debian-2"], "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"] as const,
    [["-t", "2", "-P", "2.0"], "SSH-1.99-Foo_1.0 some comment\r\n"] as const,
  ].map(([options, banner]) => ({
    check: checkSsh,
    words: [...options, "-p", "PORT", "127.0.0.1"],
    turns: [texts(banner), texts("")],
  })),
};

const QUESTIONS: readonly (readonly [line: string, ...answer: string[]])[] = [
  ["-v CLIENTVERSION", "NSClient++ 0.5.2.35 2018-01-28"],
  ["-v CPULOAD -l 60,20,95,5,10,20", "23", "&", "7"],
  ["-v UPTIME", "123456"],
  ["-v UPTIME -l hours -w 5 -c 9", "123456"],
  ["-v USEDDISKSPACE -l c -w 80 -c 90", "21474836480", "&", "107374182400"],
  ["-v MEMUSE -w 80 -c 90", "8589934592", "&", "2147483648"],
  ["-v SERVICESTATE -d SHOWALL -l Spooler", "2", "&", "Spooler: Stopped"],
  ["-v PROCSTATE -l a.exe", "0", "&", "All processes are running."],
  ["-v COUNTER -l \\System\\Threads,%.2f -w 5 -c 9", "42.5"],
  ["-v FILEAGE -l C:\\file -w 1 -c 2", "12345", "&", "Date: 01/02/2024"],
  ["-v INSTANCES -l Processor", "Core 0,", "Core 1,", "_Total"],
];
const NSCLIENT: Protocol = {
  name: "NSClient",
  tokens: ["&", "\0", "ERROR", "%", "1e9", "-1", ",", ".", "nan", "inf", "0x10", " "],
  others: texts(...STRANGERS, "ERROR: no such thing", "&", "0", "-5", "99999999999999999999", "1.5e3", "NaN"),
  dialogues: QUESTIONS.map(([line, ...answer]) => ({
    check: checkNt,
    words: at(line),
    turns: [texts(...answer)],
  })),
};

/** Servers of lines and words. */
export const PLAIN_PROTOCOLS: readonly Protocol[] = [SMTP, TCP, SSH, NSCLIENT];
