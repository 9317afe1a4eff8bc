import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const FILE_AGE = "/usr/lib/nagios/plugins/check_file_age";
const YOUNG_ENOUGH = ["-w", "999999999", "-c", "999999999", "-W", "0", "-C", "0"];
const WORDS = [YOUNG_ENOUGH.join(" "), "-w 999999999 -c 999999999 -W 100", "-w 999999999 -C 100 -W 1", "-w"];
const CHECKS = 40;

const hasPlugins = hasServer("check_dummy") && hasServer("perl");

describe.skipIf(!hasServer("gearmand") || !hasPlugins)("a worker that keeps Perl plugins warm", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("answers as one that starts them anew, and follows a changed option at HUP", async () => {
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    const watched = join(folder.path, "watched");
    writeFileSync(watched, "some content");
    writeFileSync(config, "services=yes\nmax-worker=10\n");
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], [`config=${config}`]);
    const jobs = Array.from({ length: CHECKS }, (_, i) => {
      const kind = i % WORDS.length;
      return serviceJob(`${kind}`, `${FILE_AGE} ${WORDS[kind]} -f ${watched}`);
    });
    const takeAnswers = () => core.results.splice(0).map(answerOf).toSorted();

    await core.submit("service", ...jobs);
    await core.collected(CHECKS);
    const executed = takeAnswers();
    expect(new Set(executed).size).toBe(WORDS.length);
    expect(worker.linesWith("via=warm")).toEqual([]);

    writeFileSync(config, "services=yes\nmax-worker=10\nuse_embedded_perl_implicitly=yes\n");
    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful, changed: use_embedded_perl_implicitly");
    await core.submit("service", ...jobs);
    await core.collected(CHECKS);
    expect(takeAnswers()).toEqual(executed);
    expect(worker.linesWith("via=warm")).toHaveLength(CHECKS);
  });
});

describe.skipIf(!hasPlugins)("omd-worker check", () => {
  it("runs a Perl plugin warm, if it is told to", async () => {
    const options = ["--debug=1", "--use_embedded_perl_implicitly=on"];
    const command = ["--", FILE_AGE, ...YOUNG_ENOUGH, "-f", "/etc/passwd"];
    const ran = await runProgram("omd-worker", ["check", ...options, ...command]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("ran (via=warm") });
    expect(ran.stdout).toMatch(/^FILE_AGE OK: \/etc\/passwd is /);
  });
});

/** Without what the clock changes. */
function answerOf({ fields }: { readonly fields: ReadonlyMap<string, string> }): string {
  const answer = ["service_description", "return_code", "output"].map((name) => fields.get(name)).join(" ");
  return answer.replace(/\d+ seconds old|age=\d+s/g, "AGE");
}
