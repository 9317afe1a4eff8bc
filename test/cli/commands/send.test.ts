import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStatus } from "../../../src/gearman/admin.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { createEnvelope } from "../../../src/payload/crypt.ts";
import { keyFromPassword } from "../../../src/payload/key.ts";
import { createFolder } from "../../support/folder.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { pieces, run } from "../io.ts";

const KEY = "only for tests";
const CLEAR = createEnvelope({ encryption: false });
const SEALED = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });
const TIME = /^(start_time|finish_time)=\d{10}\.\d{6}$/gm;

/** The text of a job, with the times that are now left out. */
function textOf(job: GrabbedJob, { open } = CLEAR): string {
  job.complete();
  return open(job.workload).replace(TIME, "$1=NOW");
}

function result(...lines: readonly string[]): string {
  const [host = "", code = "", ...rest] = lines;
  return [
    "type=passive",
    `host_name=${host}`,
    "start_time=NOW",
    "finish_time=NOW",
    "latency=0.000000",
    `return_code=${code}`,
    "source=send_gearman",
    ...rest,
  ].join("\n");
}

describe.skipIf(!hasServer("gearmand"))("send_gearman on a gearmand", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  let server: string;
  beforeEach(async () => {
    gearmand = await startGearmand();
    server = `--server=127.0.0.1:${gearmand.port}`;
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });
  const take = (count: number, queue = "check_results") =>
    actors.worker({ host: "127.0.0.1", port: gearmand.port }, [queue]).jobs.take(count);

  it.each<[string, readonly string[], readonly string[]]>([
    [
      "a service",
      ["--host=web1", "--service=HTTP", "--returncode=1", "--message=slow|t=1"],
      ["web1", "1", "service_description=HTTP", "output=slow|t=1"],
    ],
    ["a host", ["host=web1", "message=up"], ["web1", "0", "output=up"]],
    ["the forms of the Go tool", ["--host=web1", "-m", "a b", "-r", "2"], ["web1", "2", "output=a b"]],
    ["its name of the return code", ["--host=web1", "-m=x", "--return_code=3"], ["web1", "3", "output=x"]],
    [
      "names in words of their own",
      ["--host", "web1", "--service", "a b", "-m=x"],
      ["web1", "0", "service_description=a b", "output=x"],
    ],
    [
      "backslashes and line feeds",
      ["--host=h", "--message=C:\\x\nsecond\n"],
      ["h", "0", "output=C:\\x\\nsecond"],
    ],
    ["no text", ["--host=h", "--message="], ["h", "0", "output="]],
    ["UTF-8", ["--host=hü", "--message=ä€"], ["h\xc3\xbc", "0", "output=\xc3\xa4\xe2\x82\xac"]],
  ])("sends %s", async (_, options, expected) => {
    expect(await run("send", [server, ...options])).toEqual({ code: 0, stdout: "", stderr: "" });
    const [job] = await take(1);
    expect(job && textOf(job)).toBe(result(...expected));
  });

  it("sends an active result with given times", async () => {
    const times = ["--starttime=1700000000.25", "--finishtime=1700000001.5", "--latency=0.5"];
    await run("send", [server, "--host=h", "--message=x", "--active", ...times]);
    const [job] = await take(1);
    expect(job && CLEAR.open(job.workload).split("\n")).toEqual([
      ...["type=active", "host_name=h", "start_time=1700000000.250000", "finish_time=1700000001.500000"],
      ...["latency=0.500000", "return_code=0", "source=send_gearman", "output=x"],
    ]);
    job?.complete();
  });

  it("takes standard input as the output", async () => {
    const stdin = pieces("first\nsec", "ond\n");
    expect(await run("send", [server, "--host=h", "-r=1"], {}, stdin)).toMatchObject({ code: 0, stdout: "" });
    const [job] = await take(1);
    expect(job && textOf(job)).toBe(result("h", "1", "output=first\\nsecond"));
  });

  it("waits for standard input as long as it is told", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    async function* never() {
      await promise;
      yield Buffer.alloc(0);
    }
    expect(await run("send", [server, "--host=h", "--timeout=0.05"], {}, never())).toEqual({
      code: 3,
      stdout: "got no input after 0.05 seconds! Either send plugin output to stdin or use --message=...\n",
      stderr: "",
    });
    resolve();
  });

  it("sends a result for each line, and the last one without a line feed, too", async () => {
    const stdin = pieces(
      "h1\ts1\t0\tout|p=1\nh2\t1\tho",
      "st out\nh3\n\nh4\ts4\tx\ty\nlast\ts\t1\tno line feed",
    );
    expect(await run("send", [server], {}, stdin)).toEqual({
      code: 0,
      stdout: "4 data packet(s) sent to host successfully.\n",
      stderr:
        "line 3: skipped, it needs a host, perhaps a service, a return code and an output\n" +
        "line 5: the return code 'x' is no number, 0 is sent\n",
    });
    expect((await take(4)).map((job) => textOf(job))).toEqual([
      result("h1", "0", "service_description=s1", "output=out|p=1"),
      result("h2", "1", "output=host out"),
      result("h4", "0", "service_description=s4", "output=y"),
      result("last", "1", "service_description=s", "output=no line feed"),
    ]);
  });

  it.each(["--delimiter=;", "-d=;", "-d"])("separates fields by %s", async (option) => {
    const stdin = pieces("h;s;0;x\n");
    await run("send", [server, ...(option === "-d" ? ["-d", ";"] : [option])], {}, stdin);
    const [job] = await take(1);
    expect(job && textOf(job)).toBe(result("h", "0", "service_description=s", "output=x"));
  });

  it("encrypts if there is a key, unless it is told not to", async () => {
    using folder = createFolder();
    const keyfile = join(folder.path, "key");
    writeFileSync(keyfile, `${KEY}\n`);
    const one = [server, "--host=h", "--message=x"];
    await run("send", [...one, `--key=${KEY}`]);
    await run("send", [...one, `--keyfile=${keyfile}`]);
    await run("send", [...one, `--key=${KEY}`, "--encryption=no"]);
    const [byKey, byFile, clear] = await take(3);
    const expected = result("h", "0", "output=x");
    expect(byKey && textOf(byKey, SEALED)).toBe(expected);
    expect(byFile && textOf(byFile, SEALED)).toBe(expected);
    expect(clear && textOf(clear)).toBe(expected);
  });

  it("reads the worker's own file, and says nothing about its other options", async () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.conf");
    writeFileSync(
      file,
      `${server.slice(2)}\nkey=${KEY}\nnative_db_pool=yes\nmax-worker=50\nresult_queue=other\n`,
    );
    const said = await run("send", [`--config=${file}`, "--host=h", "--message=x"]);
    expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
    const [job] = await take(1, "other");
    expect(job && textOf(job, SEALED)).toBe(result("h", "0", "output=x"));
  });

  it("gives a copy to every dupserver, and one that is away is no failure", async () => {
    const second = await startGearmand();
    const away = `127.0.0.1:${await freePort()}`;
    const dupserver = `--dupserver=127.0.0.1:${second.port},${away}`;
    expect(await run("send", [server, dupserver, "--host=h", "--message=x"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `no copy for the dupserver: ${away}: connect ECONNREFUSED ${away}\n`,
    });
    for (const { port } of [gearmand, second])
      expect(await readStatus({ host: "127.0.0.1", port })).toMatchObject([{ total: 1 }]);
    await second.stop();
  });

  it("goes to the next server", async () => {
    const away = `--server=127.0.0.1:${await freePort()}`;
    expect(await run("send", [away, server, "--host=h", "--message=x"])).toMatchObject({ code: 0 });
    await take(1);
  });
});

describe("send_gearman tells what is wrong, as the C tool on standard output, and ends with 3", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no server", ["--host=h", "--message=x"], /^please specify at least one server/],
    [
      "a name without an address",
      ["--server=no.such.invalid", "--host=h", "-m=x"],
      /^send_gearman UNKNOWN: cannot start client: no\.such\.invalid:4730: /,
    ],
    [
      "encryption without a key",
      ["--server=s", "--encryption=yes", "--host=h", "-m=x"],
      /^no encryption key provided, please use --key=\.\.\. or keyfile=\.\.\. or disable encryption/,
    ],
    [
      "a key file that is not there",
      ["--server=s", "--keyfile=/nowhere", "--host=h", "-m=x"],
      /^command line: could not open keyfile: \/nowhere: no such file or directory/,
    ],
    [
      "a key file that is a folder",
      ["--server=s", "--keyfile=/etc", "--host=h", "-m=x"],
      /keyfile: \/etc: it is a folder, not a file/,
    ],
    [
      "an empty key file",
      ["--server=s", "--keyfile=/dev/null", "--host=h", "-m=x"],
      /keyfile \/dev\/null has no key in its first line/,
    ],
    ["a message for no host", ["--server=s", "--message=x"], /^got no hostname, please use --host=\.\.\./],
    ["a version", ["--version"], /^send_gearman: version \S+ of omd-worker running on Node\.js v24/],
    [
      "help",
      ["--help"],
      /^usage: send_gearman [\s\S]*Examples:[\s\S]*Exit codes:\n {2}0 [\s\S]*--retry-interval/,
    ],
  ])("%s", async (_, argv, stdout) => {
    expect(await run("send", argv)).toEqual({ code: 3, stdout: expect.stringMatching(stdout), stderr: "" });
  });

  it("a server that is away", async () => {
    const away = `127.0.0.1:${await freePort()}`;
    const reason = `sending job to gearmand failed: ${away}: connect ECONNREFUSED ${away}\n`;
    const options = [`--server=${away}`, "--retries=2", "--retry-interval=0.01"];
    expect(await run("send", [...options, "--host=h", "-m=x"])).toEqual({
      code: 3,
      stdout: reason,
      stderr: "",
    });
    expect(await run("send", options, {}, pieces("h\t0\tx\n"))).toEqual({
      code: 3,
      stdout: `${reason}failed to send result!\n`,
      stderr: "",
    });
  });
});
