import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { Core } from "../../src/demo/core.ts";
import { Outage } from "../../src/demo/servers/outage.ts";
import { type Place, Servers } from "../../src/demo/servers/servers.ts";
import { createTextServer, SMTP_SERVER, SSH_SERVER } from "../../src/demo/servers/text-server.ts";
import { service } from "../../src/demo/site/demo-object.ts";
import { findLack } from "../../src/demo/site/monitor.ts";
import { Tally } from "../../src/demo/tally.ts";
import type { PerformedJob } from "../../src/worker/worker-events.ts";
import { until } from "../support/gearman/actors.ts";
import { checkLeaks } from "../support/leaks.ts";

checkLeaks();
const LOOPBACK = "127.0.0.1";

/** What a server says to these pieces of text, until it hangs up; or the code of the error. */
function ask({ address, port }: Place, ...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, address)
      .on("data", (more: Buffer) => {
        said += more;
        if (pieces.length === 0) socket.destroy();
      })
      .on("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? ""))
      .on("close", () => resolve(said));
    for (const piece of pieces) socket.write(piece);
  });
}

it("a server whose port is taken gets another one", async () => {
  await using servers = new Servers();
  const first = await servers.tcp(SSH_SERVER(), { address: LOOPBACK, port: 0 });
  const second = await servers.tcp(SSH_SERVER(), first);
  expect(second.port).not.toBe(first.port);
  expect(await ask(second)).toMatch(/^SSH-2\.0-/);
  const datagrams = await servers.udp({ address: LOOPBACK, port: 0 });
  const others = await servers.udp(datagrams);
  expect(others.port).not.toBe(datagrams.port);
});

it("a server answers each line, however the bytes come", async () => {
  await using servers = new Servers();
  const place = await servers.tcp(SMTP_SERVER(), { address: LOOPBACK, port: 0 });
  const wanted = "220 mail1.shop.example ESMTP ready\r\n250 mail1.shop.example\r\n221 2.0.0 Bye\r\n";
  expect(await ask(place, "EHLO me\r\nQUIT\r\n")).toBe(wanted);
  expect(await ask(place, ..."EHLO me\r\nQUIT\r\n")).toBe(wanted);
});

it("a server that nobody understands waits, and keeps little of it", async () => {
  await using servers = new Servers();
  const server = createTextServer("", [{ asks: /^END\n/, says: "end", isLast: true }]);
  const place = await servers.tcp(server, { address: LOOPBACK, port: 0 });
  const socket = connect(place.port, place.address).on("error", () => {});
  await new Promise((resolve) => socket.write("x".repeat(100_000), resolve));
  socket.destroy();
  expect(await ask(place, "END\n")).toBe("end");
});

it("a server that is away comes back when somebody asks for it, and goes again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "outage-"));
  await using servers = new Servers();
  const server = SSH_SERVER();
  const place = await servers.tcp(server, { address: LOOPBACK, port: 0 });
  const restartFile = join(folder, "restart");
  const outage = new Outage(server, { place, restartFile, goesAfterMs: 0 });
  for (const _ of ["once", "again"]) {
    await until(async () => expect(await ask(place)).toBe("ECONNREFUSED"));
    writeFileSync(restartFile, "");
    await until(async () => expect(await ask(place)).toMatch(/^SSH-2\.0-/));
  }
  await outage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it.each([
  { needs: ["sh", "/bin/sh"], lack: undefined },
  { needs: ["sh", "not-there"], lack: "no not-there" },
  { needs: ["/usr/bin/not-there"], lack: "no /usr/bin/not-there" },
  { needs: ["/proc/loadavg"], lack: undefined },
  { needs: ["/etc/passwd"], lack: "no /etc/passwd" },
])("a service that needs $needs lacks $lack", ({ needs, lack }) => {
  const local = { ...service("s", "x"), host: "monitor1", needs } as const;
  expect(findLack(local, "/nowhere:/usr/bin:/bin")).toBe(lack);
});

it("what a check finds it cannot do here is left out, and told once", () => {
  const leaveOut = vi.fn<Core["leaveOut"]>().mockReturnValue(true);
  const tally = new Tally({ leaveOut }, ["pings: no perl"]);
  const performed = (serviceDescription: string) =>
    ({
      job: { hostName: "monitor1", serviceDescription, commandLine: "/p/check_load" },
      ran: {
        via: "native",
        outcome: {
          kind: "refused",
          refusal: { rule: "no-plugin", check: "check_load", declined: "no file", path: "/p/check_load" },
        },
      },
    }) as unknown as PerformedJob;
  tally.add(performed("load"));
  tally.add(performed("load again"));
  leaveOut.mockReturnValue(false);
  tally.add(performed("had a result before"));
  expect([...tally.missing]).toEqual(["pings: no perl", "check_load: no file"]);
  expect(leaveOut).toHaveBeenCalledWith("monitor1", "load");
  expect(tally.runs).toEqual({ native: 3 });
});
