import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStatus } from "../../../src/gearman/admin.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, untilStatus } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import { startSilentServer } from "../../support/gearman/silent-server.ts";
import { startWorker } from "../../support/processes/worker.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { run } from "../io.ts";

const check = (...argv: readonly string[]) => run("check-gearman", argv);
const said = (code: number, stdout: string) => ({ code, stdout, stderr: "" });

describe.skipIf(!hasServer("gearmand"))("check_gearman on a gearmand", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  let address: { host: string; port: number };
  let host: string;
  beforeEach(async () => {
    gearmand = await startGearmand();
    address = { host: "127.0.0.1", port: gearmand.port };
    host = `127.0.0.1:${gearmand.port}`;
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });

  /** Waiting jobs in a queue without a worker. */
  async function fill(queue: string, jobs: number): Promise<void> {
    const client = await actors.client(address);
    for (let i = 0; i < jobs; i++) await client.submit({ queue, unique: `${i}`, workload: Buffer.from("x") });
  }

  /** Workers that take a job each, and keep it. */
  async function serve(queue: string, workers: number): Promise<void> {
    for (let i = 0; i < workers; i++) {
      let taken = 0;
      actors.worker(address, [queue], { room: () => 1 - taken, onJob: () => void taken++ });
    }
    await untilStatus(address, queue, { workers });
  }

  it("sums up an idle and a working server", async () => {
    expect(await check("-H", host)).toEqual(
      said(
        0,
        expect.stringMatching(/^check_gearman OK - 0 jobs running and 0 jobs waiting\. Version: \d\S*\n$/),
      ),
    );
    await serve("host", 1);
    await fill("host", 1);
    await untilStatus(address, "host", { running: 1 });
    expect(await check("-H", host)).toEqual(
      said(
        0,
        expect.stringMatching(
          /^check_gearman OK - 1 job running and 0 jobs waiting\. Version: \S+\|'host_waiting'=0;10;100;0 'host_running'=1 'host_worker'=1;25;50;0 \n$/,
        ),
      ),
    );
  });

  it("names queues with jobs and no worker, and the worst state wins", async () => {
    await fill("a", 1);
    await fill("b", 2);
    await serve("c", 3);
    const perfdata = (queue: string, waiting: number, workers: number) =>
      `'${queue}_waiting'=${waiting};10;100;0 '${queue}_running'=0 '${queue}_worker'=${workers};2;50;0 `;
    expect(await check("-H", host, "-W", "2")).toEqual(
      said(
        2,
        "check_gearman CRITICAL - Queue a has 1 job without any worker. Queue b has 2 jobs without any worker. " +
          `Queue c has 3 worker. |${perfdata("a", 1, 0)}${perfdata("b", 2, 0)}${perfdata("c", 0, 3)}\n`,
      ),
    );
    expect(
      await check("-H", host, "-W2", "--exclude-queue=a", "--exclude-queue=[b", "--exclude-queue=b*"),
    ).toEqual(said(1, `check_gearman WARNING - Queue c has 3 worker. |${perfdata("c", 0, 3)}\n`));
  });

  it.each<[readonly string[], number, string]>([
    [["-w", "3", "-c", "9"], 1, "WARNING - Queue q has 3 waiting jobs. "],
    [["-w", "1", "-c", "3"], 2, "CRITICAL - Queue q has 3 waiting jobs. "],
    [["-c", "0", "-w", "4", "-W", "1"], 1, "WARNING - Queue q has 1 worker. "],
    [["-C", "1"], 2, "CRITICAL - Queue q has 1 worker. "],
    [["-w", "0", "-c", "0", "-W", "0", "-C", "0"], 0, "OK - 1 job running and 3 jobs waiting. Version: "],
    [["-q", "q", "-x"], 0, "OK - "],
    [["-q", "other"], 1, "WARNING - Queue other not found|\n"],
  ])("limits: %j", async (options, code, text) => {
    await serve("q", 1);
    await fill("q", 4);
    await untilStatus(address, "q", { running: 1, total: 4 });
    const answer = await check("-H", host, ...options);
    expect(answer).toEqual(said(code, expect.stringContaining(`check_gearman ${text}`)));
  });

  it.each<[readonly string[], number]>([
    [[], 0],
    [["-x"], 2],
    [["-x", "1"], 2],
    [["-x", "0"], 0],
    [["-x=1"], 2],
  ])("a queue without workers and jobs, %j", async (options, code) => {
    const worker = actors.worker(address, ["gone"]);
    await untilStatus(address, "gone", { workers: 1 });
    await worker.grabber.stop();
    await untilStatus(address, "gone", { workers: 0 });
    const isListed = (await readStatus(address)).length > 0;
    const answer = await check("-H", host, ...options);
    expect(answer.code).toBe(isListed ? code : 0);
    if (code === 2 && isListed)
      expect(answer.stdout).toContain(
        "check_gearman CRITICAL - Queue gone has no worker. |'gone_waiting'=0;",
      );
  });

  describe("a text to a worker", () => {
    const ANSWER = "h has 1 worker and is working on 0 jobs. Version: 5.2.4|worker=1;;;1;1 jobs=39c";

    it.each<[string, readonly string[], string, number, string]>([
      ["its answer", [], `${ANSWER}\0\0\0`, 0, `check_gearman OK - ${ANSWER}\n`],
      ["an answer with an exit code", [], "1:WARNING - slow|t=1", 1, "WARNING - slow|t=1\n"],
      ["an answer that only begins with a digit", [], "12: x", 0, "check_gearman OK - 12: x\n"],
      [
        "what is expected",
        ["-e", "1 worker"],
        "1:with 1 worker",
        0,
        "check_gearman OK - send worker 'check' response: '1:with 1 worker'\n",
      ],
      [
        "something else",
        ["-e", "2 worker"],
        "x",
        2,
        "check_gearman CRITICAL - send worker: 'check' response: 'x', expected '2 worker'\n",
      ],
    ])("%s", async (_, options, answer, code, stdout) => {
      const { jobs } = actors.worker(address, ["worker_h"]);
      const asked = check("-H", host, "-q", "worker_h", "-s", "check", ...options);
      const job = await jobs.next();
      expect(job.workload.toString()).toBe("check");
      job.complete(Buffer.from(answer));
      expect(await asked).toEqual(said(code, stdout));
    });

    it("that nobody answers", async () => {
      expect(await check("-H", host, "-q", "q", "-s", "x", "-t", "1")).toEqual(
        said(2, "check_gearman CRITICAL - job failed: no answer from queue 'q' within 0.1 s\n"),
      );
    });

    it("for no answer", async () => {
      const asked = check("-H", host, "-q", "q", "-s", "x", "-a", "-u", "mine");
      expect(await asked).toEqual(said(0, "check_gearman OK - sending background job succeded\n"));
      await untilStatus(address, "q", { total: 1 });
    });

    it("goes to the server that answers", async () => {
      const { jobs } = actors.worker(address, ["q"]);
      const asked = check("-H", `127.0.0.1:${await freePort()}`, "-H", host, "-q", "q", "-s", "x");
      (await jobs.next()).complete(Buffer.from("yes"));
      expect(await asked).toEqual(said(0, "check_gearman OK - yes\n"));
    });
  });

  describe("the key", () => {
    const KEY = "only for tests";

    it("is right, and nothing is left", async () => {
      await using _worker = await startWorker(
        [gearmand.port],
        ["encryption=yes", `key=${KEY}`, "services=yes"],
      );
      expect(await check("-H", host, "-q", "service", "--key", KEY)).toEqual(
        said(
          0,
          expect.stringMatching(
            /^check_gearman OK - a worker of queue 'service' has the same key\. Round trip: \d\.\d{3} s\|time=/,
          ),
        ),
      );
      const queues = (await readStatus(address)).map(({ queue }) => queue);
      expect(queues.filter((queue) => queue.startsWith("check_gearman_"))).toEqual([]);
    });

    it("is another one in the worker", async () => {
      await using _worker = await startWorker(
        [gearmand.port],
        ["encryption=yes", `key=${KEY}`, "services=yes"],
      );
      expect(await check("-H", host, "-q", "service", "--key=another one")).toEqual(
        said(
          2,
          "check_gearman CRITICAL - a worker of queue 'service' could not read the test job: it has another key\n",
        ),
      );
    });

    it("cannot be tried without a worker", async () => {
      expect(await check("-H", host, "-q", "service", "--key", KEY, "-t", "2")).toEqual(
        said(2, "check_gearman CRITICAL - no worker of queue 'service' took the test job within 1 s\n"),
      );
    });
  });
});

describe("check_gearman without a server", () => {
  it("that is not there", async () => {
    const port = await freePort();
    const reason = `failed to connect to address 127.0.0.1 and port ${port}: Connection refused`;
    expect(await check("-H", `127.0.0.1:${port}`)).toEqual(said(2, `check_gearman CRITICAL - ${reason}\n\n`));
    expect(await check("-H", `127.0.0.1:${port}`, "-q", "q", "-s", "x")).toEqual(
      said(
        2,
        `check_gearman CRITICAL - job failed: 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
      ),
    );
  });

  it("that says nothing", async () => {
    const silent = await startSilentServer();
    const host = `127.0.0.1:${silent.address.port}`;
    expect(await check("-H", host, "-t", "1")).toEqual(said(2, `timeout while waiting for ${host}\n`));
    await silent.stop();
  });

  it.each<[readonly string[], number, RegExp]>([
    [[], 3, /^Error - no hostname given\n\nusage: check_gearman /],
    [["-H", "h", "-s", "x"], 3, /^Error - need queue \(-q\) when sending job\n\nusage: /],
    [["-H", "h", "--key=x"], 3, /^Error - need queue \(-q\) of checks to try the key\n/],
    [
      ["-H", "h", "-q", "q", "--keyfile=/nowhere"],
      3,
      /^check_gearman UNKNOWN - could not open keyfile: \/nowhere: /,
    ],
    [["-H", "a b"], 3, /^Error - -H needs host/],
    [["-z"], 3, /^Error - No such option: `z'\n/],
    [["-V"], 3, /^check_gearman: version /],
    [["-h"], 3, /^usage: check_gearman [\s\S]*Examples:[\s\S]*Exit codes:\n {2}0 +OK/],
  ])("%j is answered", async (argv, code, stdout) => {
    expect(await check(...argv)).toEqual(said(code, expect.stringMatching(stdout)));
  });
});
