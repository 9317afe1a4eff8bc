import { copyFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeBook, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import {
  createPki,
  type Pki,
  startTlsGearmand,
  TLS_SERVERS,
  type TlsGearmand,
} from "../support/gearman/tls-gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { Core, serviceJob } from "./core.ts";

const HOST = "127.0.0.1";
const LONG_JOBS = 12;
const LONG = 3_000_000;

/** The options of a worker that trusts the server of these files and has a certificate that it accepts. */
function tlsOptions(pki: Pki, authorities = pki.file("server.crt")): readonly string[] {
  return [
    `tls_ca_file=${authorities}`,
    `tls_certificate=${pki.file("client.crt")}`,
    `tls_key=${pki.file("client.key")}`,
  ];
}

function over(server: TlsGearmand): readonly string[] {
  return [`server=${HOST}:${server.port}`, "tls=yes", "services=yes"];
}

describe.each(TLS_SERVERS)("a worker on $name", ({ isThere, start }) => {
  it.skipIf(!isThere)("takes jobs, gives results and copies, and answers for its status", async () => {
    using pki = createPki();
    await using server = await start(pki);
    await using copies = await start(pki);
    const args = [...over(server), ...tlsOptions(pki), `dupserver=${HOST}:${copies.port}`, "identifier=w1"];
    await using worker = await startWorker([], args);
    await using core = new Core(server.direct);
    await using other = new Core(copies.direct);
    const jobs = Array.from({ length: 200 }, (_, at) => serviceJob(`job ${at}`, `/bin/echo ${at}`));
    await core.submit("service", ...jobs, serviceJob("long", "/usr/bin/seq 100000"));
    await core.collected(201);
    await other.collected(201);
    expect(new Set(core.results.map(({ fields }) => fields.get("service_description"))).size).toBe(201);
    expect(core.results.some(({ text }) => text.includes("99999"))).toBe(true);
    expect(await core.ask("worker_w1")).toContain("jobs=201c");
    expect(worker.linesWith("WARN")).toEqual([]);
  });

  it.skipIf(!isThere)("takes jobs of megabytes, and many of them at once", async () => {
    using pki = createPki();
    await using server = await start(pki);
    await using worker = await startWorker([], [...over(server), ...tlsOptions(pki)]);
    await using core = new Core(server.direct);
    const more = (at: number) => ({ check_command: String.fromCharCode(97 + at).repeat(LONG) });
    const jobs = Array.from({ length: LONG_JOBS }, (_, at) =>
      serviceJob(`job ${at}`, `/usr/bin/seq ${10_000 + at}`, more(at)),
    );
    await core.submit("service", ...jobs);
    await core.collected(LONG_JOBS);
    expect(core.services).toEqual(jobs.map(({ service_description }) => service_description).toSorted());
    for (const { text, fields } of core.results)
      expect(text).toContain(`\\n${10_000 + Number(fields.get("service_description")?.slice(4))}`);
    expect(worker.linesWith("WARN")).toEqual([]);
  });

  it.skipIf(!isThere)(
    "loses no result and runs no job twice when TLS is cut off while jobs run",
    async () => {
      using pki = createPki();
      await using server = await start(pki);
      await using worker = await startWorker([], [...over(server), ...tlsOptions(pki)]);
      await using core = new Core(server.direct);
      const gate = writeGate(worker.folder);
      const names = ["a", "b", "c", "d"];
      await core.submit("service", ...names.map((name) => serviceJob(name, gate.plugin(name))));
      await gate.entered(4);
      await server.restart();
      await worker.logged(`connected to job server ${HOST}:${server.port} again after`);
      gate.open();
      await core.collected(4);
      expect(gate.entries().toSorted()).toEqual(names);
      await untilStatus(server.direct, "service", { total: 0 });
    },
  );

  it.skipIf(!isThere)("uses a file of authorities that was exchanged, without a restart", async () => {
    using pki = createPki();
    await using server = await start(pki);
    const authorities = pki.file("own.crt");
    copyFileSync(pki.file("stranger.crt"), authorities);
    const args = [...over(server), ...tlsOptions(pki, authorities), "reload_on_change=yes"];
    await using worker = await startWorker([], args);
    await worker.logged("no TLS with the job server");
    expect(worker.linesWith("no TLS with the job server")[0]).toContain(
      "its certificate is of no authority in tls_ca_file",
    );
    copyFileSync(pki.file("server.crt"), authorities);
    await worker.logged("reloading config was successful, changed: tls_ca_file");
    await using core = new Core(server.direct);
    await core.submit("service", serviceJob("after", "/bin/echo after"));
    await core.collected(1);
  });
});

describe.skipIf(!TLS_SERVERS[0].isThere)(`a worker on ${TLS_SERVERS[0].name}`, () => {
  it("uses files that were exchanged, without a restart", async () => {
    using pki = createPki();
    await using server = await startTlsGearmand({ pki, wants: "client" });
    const own = (end: string) => pki.file(`own.${end}`);
    for (const end of ["crt", "key"]) copyFileSync(pki.file(`stranger.${end}`), own(end));
    const files = [`tls_certificate=${own("crt")}`, `tls_key=${own("key")}`];
    const args = [...over(server), `tls_ca_file=${pki.file("server.crt")}`, ...files, "reload_on_change=yes"];
    await using worker = await startWorker([], args);
    await worker.logged("no TLS with the job server");
    expect(worker.linesWith("no TLS with the job server")[0]).toContain(
      "it refuses the certificate in tls_certificate",
    );
    for (const end of ["key", "crt"]) copyFileSync(pki.file(`client.${end}`), own(end));
    await worker.logged("reloading config was successful, changed: tls_certificate, tls_key");
    await using core = new Core(server.direct);
    const book = writeBook(worker.folder);
    await core.submit("service", serviceJob("after", book.plugin("after")));
    await core.collected(1);
  });
});
