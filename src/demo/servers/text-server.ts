import { createServer, type Server } from "node:net";

/** What a server answers to text that begins like `asks`. */
export interface Rule {
  readonly asks: RegExp;
  readonly says: string;
  readonly isLast?: true;
}

/** A server that greets, and answers by rules. What no rule begins with waits for more. */
export function createTextServer(greeting: string, rules: readonly Rule[] = []): Server {
  return createServer((socket) => {
    if (greeting !== "") socket.write(greeting);
    let text = "";
    socket.setEncoding("latin1").on("data", (more) => {
      text = (text + more).slice(-MOST);
      for (let rule = find(rules, text); rule !== undefined; rule = find(rules, text)) {
        text = text.replace(rule.asks, "");
        if (rule.isLast) socket.end(rule.says);
        else socket.write(rule.says);
      }
    });
  });
}

/** Characters that are kept of what was not understood. */
const MOST = 4_096;

function find(rules: readonly Rule[], text: string): Rule | undefined {
  return rules.find(({ asks }) => text.search(asks) === 0);
}

const QUIT: Rule = { asks: /^QUIT\r?\n/i, says: "221 2.0.0 Bye\r\n", isLast: true };

export const SSH_SERVER = () => createTextServer("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");

/** A database of which only the port is asked. */
export const SILENT_SERVER = () => createTextServer("");

export const SMTP_SERVER = () =>
  createTextServer("220 mail1.shop.example ESMTP ready\r\n", [
    { asks: /^(?:HELO|EHLO) .*\r\n/i, says: "250 mail1.shop.example\r\n" },
    { asks: /^MAIL FROM:.*\r\n/i, says: "250 2.1.0 Ok\r\n" },
    QUIT,
  ]);

export const IMAP_SERVER = () =>
  createTextServer("* OK [CAPABILITY IMAP4rev1] mail1.shop.example ready\r\n", [
    { asks: /^\w+ LOGOUT\r\n/i, says: "* BYE\r\na1 OK Logout completed\r\n", isLast: true },
  ]);

export const POP_SERVER = () =>
  createTextServer("+OK mail1.shop.example ready\r\n", [{ ...QUIT, says: "+OK Bye\r\n" }]);

export const CLAMD_SERVER = () => createTextServer("", [{ asks: /^PING\n?/, says: "PONG\n", isLast: true }]);

export const REDIS_SERVER = () =>
  createTextServer("", [
    { asks: /^PING\r\n/, says: "+PONG\r\n" },
    { ...QUIT, says: "+OK\r\n" },
  ]);
