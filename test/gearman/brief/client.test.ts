import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BriefClient } from "../../../src/gearman/brief/client.ts";
import type { ServerError } from "../../../src/gearman/brief/connection.ts";
import { takeJob } from "../../../src/gearman/brief/take-job.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { startSilentServer } from "../../support/gearman/silent-server.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { JOB_SERVERS, type StartedServer } from "../job-servers.ts";

const TIMEOUT_MS = 10_000;
const JOB = { queue: "q", unique: "", workload: Buffer.from("question") };

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`the brief client with ${kind.name}`, () => {
    checkLeaks();
    const actors = new Actors();
    let server: StartedServer;
    let client: BriefClient;
    const lost = Promise.withResolvers<ServerError>();
    beforeEach(async () => {
      server = await kind.start();
      client = new BriefClient({ server: server.address, timeoutMs: TIMEOUT_MS, onLost: lost.resolve });
      await client.opened;
    });
    afterEach(async () => {
      await client.close();
      await actors.stop();
      await server.stop();
    });

    it("is given a worker's answer, and told that it failed", async () => {
      const { jobs } = actors.worker(server.address, ["q"]);
      const first = client.request(JOB);
      (await jobs.next()).complete(Buffer.from("answer"));
      expect(await first).toEqual({ kind: "complete", data: Buffer.from("answer") });
      const second = client.request(JOB);
      (await jobs.next()).fail();
      expect(await second).toEqual({ kind: "failed" });
    });

    it("takes one job from a queue", async () => {
      await using one = takeJob(server.address, "q", TIMEOUT_MS);
      await one.ready;
      client.submit(JOB);
      expect((await one.job).toString()).toBe("question");
    });

    it("tells what the server refuses", async () => {
      client.submit({ ...JOB, unique: "u".repeat(65) });
      expect((await lost.promise).message).toMatch(/^refused: .*Unique value too large/i);
    });
  });
}

describe("a brief client on a port that is no job server", () => {
  checkLeaks();

  it("says so", async () => {
    const foreign = await startSilentServer();
    const lost = Promise.withResolvers<ServerError>();
    const client = new BriefClient({ server: foreign.address, timeoutMs: TIMEOUT_MS, onLost: lost.resolve });
    await client.opened;
    client.submit(JOB);
    await foreign.heard();
    foreign.say(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect((await lost.promise).message).toMatch(
      /: nothing there speaks Gearman, is this the port of a job server\? /,
    );
    await foreign.stop();
  });
});
