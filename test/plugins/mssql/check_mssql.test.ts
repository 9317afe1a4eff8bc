import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkMssql } from "../../../plugins/mssql/check_mssql.ts";
import { readPort } from "../../../plugins/mssql/client/browser.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { SqlBrowser } from "../../support/tds/browser.ts";
import { answerAs } from "../../support/tds/sql-server.ts";
import { TdsServer, type TdsServerOptions } from "../../support/tds/tds-server.ts";
import { INSTANCES } from "./instances.ts";

checkLeaks();

const USUAL = INSTANCES["usual"];
const OPTIONS: TdsServerOptions = {
  users: { mon: "secret", "DOM\\mon": "nt", höhe: "größe" },
  answer: USUAL === undefined ? () => ({}) : answerAs(USUAL),
};
const CERTIFICATE = createCertificate({ notAfter: inDays(9), algorithm: "rsa", commonNames: ["localhost"] });

let shared: SharedValues;
beforeEach(() => {
  shared = new SharedValues({ log: () => {} });
});
afterEach(() => shared[Symbol.asyncDispose]());

const LOGIN = ["-u", "mon", "-p", "secret"];

async function ask(port: number, ...words: readonly string[]) {
  const { returnCode, output } = await runCheck(
    checkMssql,
    ["-H", "127.0.0.1", "-P", String(port), ...words],
    {
      shared,
    },
  );
  return `${returnCode} ${output.replaceAll(/\d+\.\d+(?:e-\d+)?( s\b|s[;\n ])/g, "T$1")}`;
}

describe("without encryption", () => {
  const PLAIN = [...LOGIN, "--encrypt=no", "-w", "60", "-c", "60"];

  it.each([
    [[], "0 MSSQL OK - login in T s|login=Ts;60;60;0\n"],
    [
      ["-q", "select 42", "-l", "sessions", "-W", "10", "-C", "50"],
      "1 MSSQL WARNING - sessions is 42, login in T s, asked in T s|login=Ts;60;60;0 sessions=42;10;50 'sessions time'=Ts;;;0\n",
    ],
    [["-q", "select 98.5", "-C", "~:10"], "2 MSSQL CRITICAL - value is 98.50, login in T s, asked in T s|"],
    [["-q", "select word"], "3 MSSQL UNKNOWN - value is no number: all is well, login in T s"],
    [["-q", "select null"], "3 MSSQL UNKNOWN - value is NULL, login in T s"],
    [["-q", "select nothing"], "3 MSSQL UNKNOWN - the query gave no row, login in T s"],
    [
      ["-q", "select wrong from nowhere"],
      "2 MSSQL CRITICAL - error 208 of the server: Invalid object name 'nowhere'., login in T s",
    ],
    [
      ["-q", "select 42", "--runtime-critical", "~:0"],
      "2 MSSQL CRITICAL - asked in T s, login in T s, value is 42|",
    ],
  ])("%j", async (words, expected) => {
    await using server = await TdsServer.start(OPTIONS);
    expect(await ask(server.port, ...PLAIN, ...words)).toContain(expected);
  });

  it("makes one login for a check", async () => {
    await using server = await TdsServer.start(OPTIONS);
    await ask(server.port, ...PLAIN, "-q", "select 42");
    expect(server.logins).toBe(1);
    await expect.poll(() => server.open).toBe(0);
  });

  it("takes names and passwords that are not ASCII", async () => {
    await using server = await TdsServer.start(OPTIONS);
    const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
    const login = ["-u", bytes("höhe"), "-p", bytes("größe"), "--encrypt=no"];
    expect(await ask(server.port, ...login, "-w", "60")).toContain("0 MSSQL OK");
  });

  it("does not log in at a server that wants TLS", async () => {
    await using server = await TdsServer.start({ ...OPTIONS, tls: CERTIFICATE, requiresTls: true });
    const said = "2 MSSQL CRITICAL - the server takes encrypted connections only";
    expect(await ask(server.port, ...PLAIN)).toContain(said);
  });
});

describe("with TLS", () => {
  const tls = { ...CERTIFICATE, maxVersion: "TLSv1.2" } as const;

  it("accepts no certificate that it does not know, unless it is told so", async () => {
    await using server = await TdsServer.start({ ...OPTIONS, tls });
    expect(await ask(server.port, ...LOGIN)).toMatch(
      /^2 MSSQL CRITICAL - .*self-signed.* \(--trust accepts any/,
    );
    expect(await ask(server.port, ...LOGIN, "--trust", "-w", "60")).toContain("0 MSSQL OK - login in T s");
  });

  it.each([
    ["TLSv1", ["--tls=1.0"], ["--tls=1.1"]],
    ["TLSv1.1", ["--tls=1.1"], []],
  ] as const)("reaches an old server of %s with %j, and not with %j", async (version, enough, tooNew) => {
    const old = {
      ...CERTIFICATE,
      maxVersion: version,
      minVersion: version,
      ciphers: "ALL:@SECLEVEL=0",
    } as const;
    await using server = await TdsServer.start({ ...OPTIONS, tls: old });
    expect(await ask(server.port, ...LOGIN, "--trust", ...tooNew)).toContain("2 MSSQL CRITICAL - ");
    expect(await ask(server.port, ...LOGIN, "--trust", ...enough, "-w", "60")).toContain("0 MSSQL OK");
  });

  it("says that a server has none", async () => {
    await using server = await TdsServer.start(OPTIONS);
    expect(await ask(server.port, ...LOGIN)).toContain(
      "the server has no encryption (--encrypt=no, or --trust",
    );
    expect(await ask(server.port, ...LOGIN, "--trust", "-w", "60")).toContain("0 MSSQL OK");
  });

  it("logs in with NTLM, with the right password only", async () => {
    await using server = await TdsServer.start({ ...OPTIONS, tls });
    const login = (password: string) =>
      ask(server.port, "-u", "DOM\\mon", "-p", password, "--trust", "-w", "60");
    expect(await login("nt")).toContain("0 MSSQL OK");
    expect(await login("wrong")).toBe("2 MSSQL CRITICAL - Login failed for user 'DOM\\mon'.");
  });
});

describe("a named instance", () => {
  const address = "127.0.0.8";
  const words = ["-H", address, ...LOGIN, "--encrypt=no", "-w", "60"];

  it("is found by SQL Server Browser", async () => {
    await using server = await TdsServer.start({ ...OPTIONS, address });
    await using _browser = await SqlBrowser.start({ OTHER: 1, PROD: server.port }, address);
    const { output } = await runCheck(checkMssql, [...words, "-i", "prod"], { shared });
    expect(output).toContain("MSSQL OK");
  });

  it("that is not there is told by its name", async () => {
    await using _browser = await SqlBrowser.start({ OTHER: 1 }, address);
    const asked = runCheck(checkMssql, [...words, "-i", "none", "-t", "2"], { shared });
    expect((await asked).output).toMatch(/MSSQL CRITICAL - |CRITICAL - SQL Server Browser of 127\.0\.0\.8/);
  });

  it.each([
    ["\x05\x10\0ServerName;A;InstanceName;PROD;IsClustered;No;Version;15.0;tcp;1444;;", 1444],
    ["\x05\x10\0InstanceName;OTHER;tcp;1;;InstanceName;Prod;np;x;tcp;1445;;", 1445],
    ["\x05\x10\0InstanceName;PROD;np;x;;", undefined],
    ["\x05\x10\0InstanceName;PROD;tcp;99999;;", undefined],
    ["", undefined],
  ])("has the port of %j", (answer, port) => expect(readPort(answer, "prod")).toBe(port));
});
