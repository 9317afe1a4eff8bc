import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Submission, SubmitError, Submitter } from "../../src/gearman/submitter.ts";
import { Actors, textOf, until, untilStatus } from "../support/gearman/actors.ts";
import { startSilentServer } from "../support/gearman/silent-server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";
import { JOB_SERVERS, type StartedServer } from "./job-servers.ts";

const TIMEOUT = { timeoutMs: 10_000 };

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`the submitter with ${kind.name}`, () => {
    checkLeaks();
    const actors = new Actors();
    let server: StartedServer;
    let client: Submitter;
    beforeEach(async () => {
      server = await kind.start();
      client = await actors.client(server.address);
    });
    afterEach(async () => {
      await actors.stop();
      await server.stop();
    });

    it("has a thousand submissions under way, each resolved with its own handle", async () => {
      const submitted = Array.from({ length: 1_000 }, (_, i) => client.submit(submission(`result ${i}`)));
      expect(client.waiting).toBe(1_000);
      const handles = await Promise.all(submitted);
      expect(client.waiting).toBe(0);
      await untilStatus(server.address, "check_results", { total: 1_000 });

      const { jobs } = actors.worker(server.address, ["check_results"]);
      const taken = await jobs.take(1_000);
      expect(taken.map((job) => job.handle)).toEqual(handles);
      expect(taken.map(textOf)).toEqual(handles.map((_, i) => `result ${i}`));
    });

    it.each([
      [
        "a queue's name gearmand would hang up on",
        { queue: "q".repeat(9_000) },
        "a queue name of 9000 bytes, gearmand takes no such",
      ],
      ["a NUL byte in the queue's name", { queue: "a\0b" }, "a NUL byte in the argument 'queue'"],
      [
        "a unique longer than gearmand takes",
        { unique: "u".repeat(65) },
        /^argument_?too_?large: Unique value too large$/i,
      ],
    ])("is refused %s, and goes on", async (_, wrong, message) => {
      const before = client.submit(submission("before"));
      const refused = client.submit({ ...submission("wrong"), ...wrong });
      const after = client.submit(submission("after"));
      await expect(refused).rejects.toThrow(SubmitError);
      await expect(refused).rejects.toMatchObject({
        reason: "refused",
        message: expect.stringMatching(message),
      });
      expect(await before).not.toBe(await after);
    });

    it.each(["high", "normal", "low"] as const)(
      "brings back what a worker answers, with %s priority",
      async (priority) => {
        const { jobs } = actors.worker(server.address, ["worker_test"]);
        const answer = client.request({ ...submission("check"), queue: "worker_test", priority }, TIMEOUT);
        (await jobs.next()).complete(Buffer.from("3 slots\0\xff", "latin1"));
        expect((await answer).toString("latin1")).toBe("3 slots\0\xff");
      },
    );

    it("rejects a request whose job failed", async () => {
      const { jobs } = actors.worker(server.address, ["worker_test"]);
      const answer = client.request({ ...submission("check"), queue: "worker_test" }, TIMEOUT);
      answer.catch(() => {});
      (await jobs.next()).fail();
      await expect(answer).rejects.toMatchObject({ name: "SubmitError", reason: "failed" });
    });

    it("rejects a request nobody answers in time, and what comes late harms no other", async () => {
      const { jobs } = actors.worker(server.address, ["worker_test"]);
      const late = client.request({ ...submission("late"), queue: "worker_test" }, { timeoutMs: 50 });
      await expect(late).rejects.toMatchObject({
        reason: "timed-out",
        message: "no answer from queue 'worker_test' within 50 ms",
      });
      const next = client.request({ ...submission("next"), queue: "worker_test" }, TIMEOUT);
      const [first, second] = await jobs.take(2);
      first?.complete(Buffer.from("late"));
      second?.complete(Buffer.from("next"));
      expect((await next).toString()).toBe("next");
    });

    it("answers every request that became one job", async () => {
      const same: Submission = { queue: "worker_test", unique: "check", workload: Buffer.from("check") };
      const answers = [
        client.request(same, TIMEOUT),
        client.request(same, TIMEOUT),
        client.request(same, TIMEOUT),
      ];
      await until(() => expect(client.waiting).toBe(0));
      await untilStatus(server.address, "worker_test", { total: 1 });
      const { jobs } = actors.worker(server.address, ["worker_test"]);
      (await jobs.next()).complete(Buffer.from("one"));
      expect((await Promise.all(answers)).map(String)).toEqual(["one", "one", "one"]);
    });

    it("is connected again when its killed server is back", async () => {
      await server.stop();
      await until(() => expect(client.isConnected).toBe(false));
      await expect(client.submit(submission("meanwhile"))).rejects.toMatchObject({ reason: "disconnected" });
      server = await kind.start(server.address.port);
      await until(() => expect(client.isConnected).toBe(true));
      await client.submit(submission("again"));
      await untilStatus(server.address, "check_results", { total: 1 });
    });
  });
}

describe("the submitter", () => {
  checkLeaks();
  const actors = new Actors();
  afterEach(() => actors.stop());

  it("rejects at once while it is not connected, and after its stop", async () => {
    const { address } = actors.add(await startSilentServer());
    const client = new Submitter({ server: address, log: stubLog() });
    await expect(client.submit(submission("early"))).rejects.toMatchObject({ reason: "disconnected" });
    await expect(client.request(submission("early"), TIMEOUT)).rejects.toMatchObject({
      reason: "disconnected",
    });
    await client.stop();
    await expect(client.submit(submission("late"))).rejects.toMatchObject({ reason: "stopped" });
  });

  it("settles all that waits when the connection is lost", async () => {
    const silent = actors.add(await startSilentServer());
    const client = await actors.client(silent.address);
    const pending = [client.submit(submission("a")), client.request(submission("b"), TIMEOUT)];
    await silent.heard();
    silent.cut();
    for (const result of await Promise.allSettled(pending)) {
      expect(result).toMatchObject({ status: "rejected", reason: { reason: "disconnected" } });
    }
    expect(client.waiting).toBe(0);
  });

  it("settles all that waits when it is stopped", async () => {
    const silent = actors.add(await startSilentServer());
    const client = await actors.client(silent.address);
    const pending = [client.submit(submission("a")), client.request(submission("b"), TIMEOUT)];
    await Promise.all([
      client.stop(),
      ...pending.map((each) => expect(each).rejects.toMatchObject({ reason: "stopped" })),
    ]);
  });
});

function submission(text: string): Submission {
  return { queue: "check_results", unique: "", workload: Buffer.from(text) };
}
