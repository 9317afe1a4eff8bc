import type { Socket } from "node:net";
import { encodeColumns, encodeRow } from "./columns.ts";
import { type Login, ntlmChallenge, readLogin, readNtlmAnswer } from "./logins.ts";
import { PACKET, type TdsMessage } from "./packets.ts";
import { readProcedureCall } from "./procedures.ts";
import type { Reply, TdsServerOptions } from "./tds-server.ts";
import * as tokens from "./tokens.ts";
import { Transport } from "./transport.ts";

interface SessionEvents {
  readonly isFull: boolean;
  readonly onLogin: () => void;
  readonly onAsked: (sql: string) => void;
  readonly onAttention: () => void;
}

/** How a client wants TLS: for its login only, for all, or it has none. */
const ENCRYPT = { off: 0, on: 1, none: 2, required: 3 } as const;

/** One connection of a client. */
export class TdsSession {
  readonly #options: TdsServerOptions;
  readonly #events: SessionEvents;
  readonly #transport: Transport;
  readonly #prepared = new Map<string, string>();
  #encryptsLoginOnly = false;
  #login: Login | undefined;

  constructor(socket: Socket, options: TdsServerOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#transport = new Transport(socket, {
      isSlow: options.isSlow ?? false,
      onMessage: (message) => this.#take(message),
    });
  }

  #take({ type, body }: TdsMessage): void {
    switch (type) {
      case PACKET.prelogin:
        this.#prelogin(body);
        return;
      case PACKET.login:
        this.#logIn(readLogin(body));
        return;
      case PACKET.sspi:
        this.#logInWithNtlm(body);
        return;
      case PACKET.batch:
        this.#reply(this.#ask(withoutHeaders(body).toString("utf16le")), tokens.DONE);
        return;
      case PACKET.rpc:
        this.#call(body);
        return;
      case PACKET.transaction:
        this.#manageTransaction(withoutHeaders(body).readUInt16LE(0));
        return;
      case PACKET.attention:
        this.#events.onAttention();
        this.#transport.send(tokens.done(tokens.DONE, tokens.ATTENDED));
        return;
      default:
        this.#transport.close();
        return;
    }
  }

  /** @param request MS-TDS 2.2.6.9: 5 begins, 7 commits, 8 rolls back */
  #manageTransaction(request: number): void {
    const kind = request === 5 ? "begun" : request === 7 ? "committed" : "rolled back";
    this.#transport.send(Buffer.concat([tokens.transaction(kind), tokens.done(tokens.DONE, 0)]));
  }

  #prelogin(body: Buffer): void {
    const { tls, requiresTls = false } = this.#options;
    const wish = readOption(body, 1)?.readUInt8(0) ?? ENCRYPT.none;
    const wants = wish === ENCRYPT.on || wish === ENCRYPT.required || requiresTls;
    const answer =
      tls === undefined
        ? ENCRYPT.none
        : wants
          ? ENCRYPT.on
          : wish === ENCRYPT.off
            ? ENCRYPT.off
            : ENCRYPT.none;
    this.#transport.send(
      preloginAnswer(
        requiresTls && !tls ? ENCRYPT.none : requiresTls && wish === ENCRYPT.none ? ENCRYPT.required : answer,
      ),
    );
    this.#encryptsLoginOnly = answer === ENCRYPT.off;
    if (tls !== undefined && answer !== ENCRYPT.none) this.#transport.startTls(tls);
  }

  #logIn(login: Login): void {
    this.#login = login;
    if (this.#encryptsLoginOnly) this.#transport.endTls();
    if (login.sspi !== undefined) {
      this.#transport.send(tokens.sspi(ntlmChallenge("TDSTEST")));
      return;
    }
    const { users = {} } = this.#options;
    this.#finishLogin(login.userName, users[login.userName] === login.password);
  }

  #logInWithNtlm(body: Buffer): void {
    const { users = {} } = this.#options;
    const { domain, userName, isOf } = readNtlmAnswer(body);
    const name = `${domain}\\${userName}`;
    const password = users[name];
    this.#finishLogin(name, password !== undefined && isOf(password));
  }

  #finishLogin(userName: string, isAccepted: boolean): void {
    const { databases = ["master"] } = this.#options;
    const { tdsVersion, database: wanted } = this.#login ?? { tdsVersion: 0, database: "" };
    const database = wanted || "master";
    const failed = { number: 18456, severity: 14, text: `Login failed for user '${userName}'.` };
    if (this.#events.isFull) this.#refuse(TOO_MANY);
    else if (!isAccepted) this.#refuse(failed);
    else if (!databases.includes(database)) this.#refuse(unknownDatabase(database), failed);
    else {
      this.#events.onLogin();
      this.#transport.send(Buffer.concat(accepted(tdsVersion, database)));
    }
  }

  #refuse(...messages: readonly tokens.ServerMessage[]): void {
    const errors = messages.map(tokens.message);
    this.#transport.send(Buffer.concat([...errors, tokens.done(tokens.DONE, tokens.FAILED)]));
    setImmediate(() => this.#transport.close());
  }

  #ask(sql: string): Reply {
    this.#events.onAsked(sql);
    if (isSetting(sql)) return {};
    const used = /^\s*use\s+\[?([^\]\s;]+)\]?\s*;?\s*$/i.exec(sql)?.[1];
    const { databases = ["master"] } = this.#options;
    return used !== undefined && databases.includes(used) ? {} : this.#options.answer(sql);
  }

  #call(body: Buffer): void {
    const { name, parameters } = readProcedureCall(body);
    const [first = "", second, third] = parameters;
    const statement = this.#prepared.get(first) ?? "";
    if (name === "sp_executesql")
      this.#reply(this.#ask(fill(first, parameters.slice(2))), tokens.DONE_IN_PROC);
    else if (name === "sp_execute")
      this.#reply(this.#ask(fill(statement, parameters.slice(1))), tokens.DONE_IN_PROC);
    else if (name === "sp_prepare") this.#prepare(third ?? second ?? "");
    else this.#transport.send(Buffer.concat(endOfProcedure()));
  }

  #prepare(sql: string): void {
    const handle = this.#prepared.size + 1;
    this.#prepared.set(String(handle), sql);
    this.#transport.send(
      Buffer.concat([tokens.returnStatus(0), tokens.returnedInt(handle), tokens.done(tokens.DONE_PROC, 0)]),
    );
  }

  #reply({ results = [], messages = [], instead }: Reply, doneToken: number): void {
    if (instead === "hang") return;
    const hasFailed = messages.some(({ severity }) => severity > 10);
    const sets = results.map(({ columns, rows }, at) => {
      const isLast = at === results.length - 1 && doneToken === tokens.DONE;
      const flags = tokens.COUNTED | (isLast ? 0 : tokens.MORE);
      return Buffer.concat([
        encodeColumns(columns),
        ...rows.map((row) => encodeRow(columns, row)),
        tokens.done(doneToken, flags, rows.length),
      ]);
    });
    const last = doneToken === tokens.DONE ? [] : endOfProcedure(hasFailed);
    const only = results.length === 0 ? [tokens.done(doneToken, hasFailed ? tokens.FAILED : 0)] : [];
    const bytes = Buffer.concat([...messages.map(tokens.message), ...sets, ...only, ...last]);
    if (instead !== "drop") {
      this.#transport.send(bytes);
      return;
    }
    this.#transport.sendRaw(Buffer.concat([HALF_A_PACKET, bytes.subarray(0, 20)]));
    setImmediate(() => this.#transport.close());
  }
}

/** What a client sets, begins or ends changes no answer of ours. */
function isSetting(sql: string): boolean {
  return sql.split(/[\n;]/).every((line) => /^\s*(?:(?:set|begin|rollback|commit)\s.*)?$/i.test(line));
}

function unknownDatabase(name: string): tokens.ServerMessage {
  const text = `Cannot open database "${name}" requested by the login. The login failed.`;
  return { number: 4060, severity: 11, text };
}

const TOO_MANY = {
  number: 17809,
  severity: 20,
  text: "Could not connect because the maximum number of '1' user connections has already been reached. The system administrator can use sp_configure to increase the maximum value. The connection has been closed.",
};

/** The header of a packet that is longer than what follows. */
const HALF_A_PACKET = Buffer.from([PACKET.reply, 1, 0x0f, 0, 0, 0, 1, 0]);

function accepted(tdsVersion: number, database: string): readonly Buffer[] {
  return [
    tokens.changed("database", database, "master"),
    tokens.message({
      number: 5701,
      severity: 0,
      state: 2,
      text: `Changed database context to '${database}'.`,
    }),
    tokens.collation(),
    tokens.changed("language", "us_english", ""),
    tokens.message({ number: 5703, severity: 0, text: "Changed language setting to us_english." }),
    tokens.loginAccepted(tdsVersion),
    tokens.changed("packet size", "4096", "4096"),
    tokens.done(tokens.DONE, 0),
  ];
}

function endOfProcedure(hasFailed = false): readonly Buffer[] {
  return [tokens.returnStatus(0), tokens.done(tokens.DONE_PROC, hasFailed ? tokens.FAILED : 0)];
}

/** From TDS 7.2 a batch begins with headers, which begin with their length. */
function withoutHeaders(body: Buffer): Buffer {
  const length = body.length >= 4 ? body.readUInt32LE(0) : 0;
  return length >= 4 && length <= body.length && length < 64 ? body.subarray(length) : body;
}

/** Puts the parameters of a statement into its text, so that one table answers both forms. */
function fill(sql: string, parameters: readonly (string | undefined)[]): string {
  let at = 0;
  return sql.replaceAll(/@P\w+|@param\d+|@name\b|\?/gi, () => {
    const value = parameters[at];
    at += 1;
    return value === undefined ? "NULL" : `'${value}'`;
  });
}

function readOption(body: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; body.readUInt8(at) !== 0xff; at += 5) {
    const offset = body.readUInt16BE(at + 1);
    if (body.readUInt8(at) === wanted) return body.subarray(offset, offset + body.readUInt16BE(at + 3));
  }
  return undefined;
}

function preloginAnswer(encryption: number): Buffer {
  const head = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
  return Buffer.concat([head, Buffer.from([15, 0, 0x07, 0xd0, 0, 0, encryption])]);
}
