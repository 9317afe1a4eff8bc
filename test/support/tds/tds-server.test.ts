import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolFolder } from "../fetched-tools.ts";
import { createCertificate, inDays } from "../servers/certificates.ts";
import { hasServer } from "../servers/installed.ts";
import { SqlBrowser } from "./browser.ts";
import { frameMessage, MessageReader, PACKET } from "./packets.ts";
import { type Reply, TdsServer, type TdsServerOptions } from "./tds-server.ts";

const ALL_TYPES: Reply = {
  results: [
    {
      columns: [
        ...(["int", "bigint", "smallint", "tinyint", "bit", "float", "real", "money"] as const).map(
          (type) => ({
            name: type,
            type,
          }),
        ),
        { name: "n", type: "numeric", precision: 18, scale: 6 },
        { name: "d", type: "decimal", precision: 10, scale: 2 },
        { name: "t", type: "datetime" },
        { name: "g", type: "uniqueidentifier" },
        { name: "b", type: "varbinary" },
        { name: "v", type: "varchar" },
        { name: "w", type: "nvarchar" },
        { name: "x", type: "int" },
      ],
      rows: [
        [
          ...[-5, "9007199254740993", -2, 255, true, 2.5, 0.5, 3.5, "98.500000", "-12.34"],
          ...[
            "2024-02-29T12:34:56.789",
            "6F9619FF-8B86-D011-B42D-00C04FC964FF",
            "deadbeef",
            "abc",
            "äö€",
            null,
          ],
        ],
      ],
    },
  ],
};

const OPTIONS: TdsServerOptions = {
  users: { sa: "secret", "DOM\\mon": "nt" },
  answer: (sql) =>
    sql.startsWith("wrong")
      ? { messages: [{ number: 208, severity: 16, text: "Invalid object name 'x'." }] }
      : ALL_TYPES,
};

interface Asking {
  readonly user?: string;
  readonly password?: string;
  readonly sql?: string;
}

async function tsql(
  place: readonly string[],
  { user = "sa", password = "secret", sql = "all" }: Asking = {},
) {
  const conf = join(mkdtempSync(join(tmpdir(), "freetds-")), "freetds.conf");
  writeFileSync(conf, place.join("\n"));
  const { stdout, stderr } = await execa("tsql", ["-S", "server", "-U", user, "-P", password], {
    input: `${sql}\ngo\nexit\n`,
    reject: false,
    timeout: 20_000,
    env: { FREETDSCONF: conf, LC_ALL: "C.UTF-8" },
  });
  return `${stdout}\n${stderr}`;
}

const section = (port: number, ...more: readonly string[]) => [
  "[server]",
  "host = 127.0.0.1",
  `port = ${port}`,
  "tds version = 7.4",
  ...more,
];

const ROW = [
  "-5\t9007199254740993\t-2\t255\t1\t2.5\t0.5\t3.5000\t98.500000\t-12.34\tFeb 29 2024 12:34PM",
  "6F9619FF-8B86-D011-B42D-00C04FC964FF\tdeadbeef\tabc\täö€\tNULL",
].join("\t");

describe.skipIf(!hasServer("tsql"))("FreeTDS", () => {
  it("reads a value of each type", async () => {
    await using server = await TdsServer.start(OPTIONS);
    expect(await tsql(section(server.port))).toContain(ROW);
  });

  it.each(["require", "off"])("logs in at a server with TLS, encryption = %s", async (encryption) => {
    const tls = {
      ...createCertificate({ notAfter: inDays(9), algorithm: "rsa" }),
      maxVersion: "TLSv1.2" as const,
    };
    await using server = await TdsServer.start({ ...OPTIONS, tls });
    expect(await tsql(section(server.port, `encryption = ${encryption}`))).toContain(ROW);
  });

  it("logs in with NTLM, with the right password only", async () => {
    await using server = await TdsServer.start(OPTIONS);
    const ask = (password: string) => tsql(section(server.port), { user: "DOM\\mon", password });
    expect(await ask("nt")).toContain(ROW);
    expect(await ask("other")).toContain("Login failed for user 'DOM\\mon'.");
  });

  it("is told why a login fails, and a statement", async () => {
    await using server = await TdsServer.start({ ...OPTIONS });
    expect(await tsql(section(server.port), { password: "x" })).toContain("Login failed for user 'sa'.");
    const said = await tsql(section(server.port), { sql: "wrong" });
    expect(said).toContain("Msg 208 (severity 16, state 1) from TDSTEST Line 1");
  });

  it("finds a named instance", async () => {
    const address = "127.0.0.9";
    await using server = await TdsServer.start({ ...OPTIONS, address });
    await using _browser = await SqlBrowser.start({ OTHER: 1, Prod: server.port }, address);
    const place = ["[server]", `host = ${address}`, "instance = prod", "tds version = 7.4"];
    expect(await tsql(place)).toContain(ROW);
  });
});

describe.skipIf(!hasTool("python-tds"))("python-tds", () => {
  const SCRIPT = join(import.meta.dirname, "python_client.py");

  async function ask(server: TdsServer, statement: string, { password = "secret", words = "" } = {}) {
    const parameters = words === "" ? [] : [words];
    const args = [SCRIPT, "127.0.0.1", String(server.port), "sa", password, statement, ...parameters];
    const env = { PYTHONPATH: toolFolder("python-tds") };
    return JSON.parse((await execa("python3", args, { env, timeout: 60_000 })).stdout) as unknown;
  }

  it("reads a value of each type", async () => {
    await using server = await TdsServer.start(OPTIONS);
    expect(await ask(server, "all")).toMatchObject({
      names: [..."int bigint smallint tinyint bit float real money n d t g b v w x".split(" ")],
      rows: [
        [
          ...["-5", "9007199254740993", "-2", "255", "True", "2.5", "0.5", "3.5", "98.5", "-12.34"],
          ...[
            "2024-02-29 12:34:56.790000",
            "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            String.raw`b'\xde\xad\xbe\xef'`,
          ],
          ...["abc", "äö€", null],
        ],
      ],
      // 7.4
      version: 0x74000004,
    });
  });

  it("calls a procedure with parameters", async () => {
    const asked: string[] = [];
    const answer = (sql: string) => {
      asked.push(sql);
      return ALL_TYPES;
    };
    await using server = await TdsServer.start({ ...OPTIONS, answer });
    const words = JSON.stringify(["select name where id = @P1", "@P1 int", 7]);
    expect(await ask(server, "sp_executesql", { words })).toMatchObject({ rows: [expect.any(Array)] });
    expect(asked).toEqual(["select name where id = '7'"]);
  });

  it("is told why a login fails, and a statement", async () => {
    await using server = await TdsServer.start(OPTIONS);
    expect(await ask(server, "all", { password: "x" })).toMatchObject({
      error: "OperationalError",
      text: expect.stringContaining("Login failed for user 'sa'."),
    });
    expect(await ask(server, "wrong")).toMatchObject({
      error: "ProgrammingError",
      text: expect.stringContaining("Invalid object name 'x'."),
    });
  });
});

it("acknowledges that a client gives up", async () => {
  await using server = await TdsServer.start(OPTIONS);
  const socket = connect(server.port, "127.0.0.1");
  socket.write(frameMessage(PACKET.attention, Buffer.alloc(0)));
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(server.attentions).toBe(1);
  expect(answer.subarray(8, 11)).toEqual(Buffer.from([0xfd, 0x20, 0]));
});

it("puts messages together from any cut", () => {
  const bodies = [Buffer.from("one"), Buffer.alloc(9000, 7), Buffer.alloc(0)];
  const bytes = Buffer.concat(bodies.map((body, at) => frameMessage(at + 1, body)));
  for (const size of [1, 7, 4096, bytes.length]) {
    const reader = new MessageReader();
    const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => at * size);
    const read = cuts.flatMap((at) => reader.push(bytes.subarray(at, at + size)));
    expect(read.map(({ type, body }) => [type, body.length])).toEqual(
      bodies.map((body, at) => [at + 1, body.length]),
    );
  }
});
