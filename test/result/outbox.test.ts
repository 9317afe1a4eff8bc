import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Submission,
  SubmitError,
  type SubmitErrorReason,
  type Submitter,
} from "../../src/gearman/submitter.ts";
import { Outbox, type Parcel, ResultTooOldError, type WaitingParcel } from "../../src/result/outbox.ts";
import { stubLog } from "../support/stub-log.ts";

const RETRY_MS = 1_000;
const REFUSED_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A job server whose answers the test gives. */
class FakeDestination {
  readonly name: string;
  isConnected = true;
  isSilent = false;
  /** All parcels that were submitted. */
  readonly submitted: Submission[] = [];
  readonly #unanswered: PromiseWithResolvers<string>[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The part of a submitter that the outbox uses. */
  get results(): Submitter {
    return this as unknown as Submitter;
  }

  get texts(): readonly string[] {
    return this.submitted.map(({ workload }) => Buffer.from(workload).toString());
  }

  submit(submission: Submission): Promise<string> {
    this.submitted.push(submission);
    const answer = Promise.withResolvers<string>();
    this.#unanswered.push(answer);
    return answer.promise;
  }

  /** Accepts the oldest submission. */
  accept(): void {
    this.#unanswered.shift()?.resolve("H:1");
  }

  /** Rejects the oldest submission. */
  reject(reason: SubmitErrorReason): void {
    this.#unanswered.shift()?.reject(new SubmitError(reason, "no"));
  }

  /** The connection is lost. It is not known whether the server has the parcels that were sent. */
  disconnect(): void {
    this.isConnected = false;
    while (this.#unanswered.length > 0) this.reject("disconnected");
  }
}

function createOutbox(names: readonly string[], maxAge = () => 0) {
  const destinations = names.map((name) => new FakeDestination(name));
  const log = stubLog();
  const told: string[] = [];
  const keeper = {
    keep: ({ workload }: WaitingParcel) => told.push(`keep ${Buffer.from(workload)}`),
    release: ({ workload }: WaitingParcel) => told.push(`release ${Buffer.from(workload)}`),
  };
  const outbox = new Outbox({ destinations: () => destinations, log, prefix: "start-1", keeper, maxAge });
  return { outbox, destinations, log, told };
}

/** An outbox with one job server. */
function createSingle(maxAge?: () => number) {
  const { outbox, destinations, log, told } = createOutbox(["a:4730"], maxAge);
  const [destination] = destinations;
  if (destination === undefined) throw new Error("no destination");
  return { outbox, destination, log, told };
}

function parcel(text: string, server = "a:4730"): Parcel {
  return { queue: "check_results", workload: Buffer.from(text), server };
}

/** Watches a delivery. Its state is up to date after `turn`. */
function follow(delivery: Promise<void>) {
  const followed: { state: "waiting" | "accepted" | "failed"; error: unknown } = {
    state: "waiting",
    error: undefined,
  };
  delivery.then(
    () => {
      followed.state = "accepted";
    },
    (error: unknown) => Object.assign(followed, { state: "failed", error }),
  );
  return followed;
}

/** Waits until the callbacks of settled promises have run. */
async function turn(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe("a parcel", () => {
  it("is delivered when a job server has accepted it, not before", async () => {
    const { outbox, destination } = createSingle();
    const delivery = follow(outbox.deliver(parcel("one")));
    await turn();
    expect(destination.submitted).toMatchObject([{ queue: "check_results", workload: Buffer.from("one") }]);
    expect(delivery.state).toBe("waiting");
    expect(outbox.size).toBe(1);
    destination.accept();
    await turn();
    expect(delivery.state).toBe("accepted");
    expect(outbox.size).toBe(0);
  });

  it("has a unique of its own, short enough for gearmand", async () => {
    const { outbox, destination } = createSingle();
    for (let i = 0; i < 100; i++) void outbox.deliver(parcel("same"));
    const uniques = destination.submitted.map(({ unique }) => unique);
    expect(new Set(uniques).size).toBe(100);
    for (const unique of uniques) expect(unique).toMatch(/^start-1-.{1,20}$/);
  });
});

describe("among several job servers", () => {
  it.each([
    ["its own comes first", ["a:1", "b:1", "c:1"], "b:1", [], "b:1"],
    ["the first connected one takes over from its own", ["a:1", "b:1", "c:1"], "a:1", ["a:1", "b:1"], "c:1"],
    ["the first one takes over from one that is configured no more", ["a:1", "b:1"], "gone:1", [], "a:1"],
  ] as const)("%s", async (_, names, server, away, expected) => {
    const { outbox, destinations } = createOutbox(names);
    for (const destination of destinations)
      destination.isConnected = !away.some((name) => name === destination.name);
    const delivery = follow(outbox.deliver(parcel("one", server)));
    const took = destinations.filter(({ submitted }) => submitted.length > 0);
    expect(took.map(({ name }) => name)).toEqual([expected]);
    took[0]?.accept();
    await turn();
    expect(delivery.state).toBe("accepted");
  });

  it("parcels keep their order on each", () => {
    const { outbox, destinations } = createOutbox(["a:1", "b:1"]);
    for (const [text, server] of [
      ["1", "a:1"],
      ["2", "b:1"],
      ["3", "a:1"],
      ["4", "b:1"],
      ["5", "a:1"],
    ] as const)
      void outbox.deliver(parcel(text, server));
    expect(destinations.map(({ texts }) => texts)).toEqual([
      ["1", "3", "5"],
      ["2", "4"],
    ]);
  });

  it("a parcel that one did not confirm goes to the other after a second", async () => {
    const { outbox, destinations } = createOutbox(["a:1", "b:1"]);
    const deliveries = ["1", "2"].map((text) => follow(outbox.deliver(parcel(text, "a:1"))));
    destinations[0]?.disconnect();
    await vi.advanceTimersByTimeAsync(RETRY_MS - 1);
    expect(destinations[1]?.texts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(destinations[1]?.texts).toEqual(["1", "2"]);
    destinations[1]?.accept();
    destinations[1]?.accept();
    await turn();
    expect(deliveries.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
  });

  it("a server that is silent gets no results but its own", async () => {
    const { outbox, destinations } = createOutbox(["a:1", "b:1", "c:1"]);
    const [first, second, third] = destinations;
    if (first === undefined || second === undefined || third === undefined) throw new Error("no server");
    first.isSilent = true;
    second.isConnected = false;
    void outbox.deliver(parcel("own", "a:1"));
    void outbox.deliver(parcel("other", "b:1"));
    expect([first.texts, third.texts]).toEqual([["own"], ["other"]]);
    const amounts = () => ["a:1", "b:1", "c:1"].map((server) => outbox.amountOf(server));
    const nothing = { results: 0, bytes: 0 };
    expect(amounts()).toEqual([{ results: 1, bytes: 3 }, { results: 1, bytes: 5 }, nothing]);

    third.isSilent = true;
    void outbox.deliver(parcel("late", "b:1"));
    expect(outbox.amountOf("b:1")).toEqual({ results: 2, bytes: 9 });
    first.isSilent = false;
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect([first.texts, third.texts]).toEqual([["own", "late"], ["other"]]);
    for (const each of [first, first, third]) each.accept();
    await turn();
    expect(outbox.size).toBe(0);
    expect(amounts()).toEqual([nothing, nothing, nothing]);
  });

  it("a server whose core has another key gets none of them", async () => {
    const destinations = ["a:1", "b:1", "c:1"].map((name) => new FakeDestination(name));
    const sharesKey = (one: string, other: string) => (one === "b:1") === (other === "b:1");
    const outbox = new Outbox({
      destinations: () => destinations,
      log: stubLog(),
      prefix: "start-1",
      sharesKey,
    });
    const [first, second, third] = destinations;
    if (first === undefined || second === undefined || third === undefined) throw new Error("no server");
    first.isConnected = false;
    void outbox.deliver(parcel("one", "a:1")).catch(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    expect([second.texts, third.texts]).toEqual([[], ["one"]]);
    second.isConnected = false;
    void outbox.deliver(parcel("two", "b:1")).catch(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    expect(third.texts).toEqual(["one"]);
    second.isConnected = true;
    outbox.flush();
    expect(second.texts).toEqual(["two"]);
    outbox.stop();
  });

  it("the servers are those of the present configuration", () => {
    const destinations = [new FakeDestination("old:1")];
    const outbox = new Outbox({ destinations: () => destinations, log: stubLog(), prefix: "start-1" });
    const [old] = destinations.splice(0, 1, new FakeDestination("new:1"));
    void outbox.deliver(parcel("one", "old:1"));
    expect(old?.texts).toEqual([]);
    expect(destinations[0]?.texts).toEqual(["one"]);
  });
});

describe("a result that is too old", () => {
  it("is dropped while no server is connected, and the younger ones are delivered", async () => {
    const { outbox, destination, told } = createSingle(() => 600);
    destination.isConnected = false;
    const old = follow(outbox.deliver(parcel("old")));
    await vi.advanceTimersByTimeAsync(590_000);
    const young = follow(outbox.deliver(parcel("young")));
    expect(old.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(11_000);
    expect([old.state, old.error]).toEqual(["failed", expect.any(ResultTooOldError)]);
    expect([outbox.size, outbox.bytes]).toEqual([1, 5]);
    expect(told.filter((each) => each.startsWith("release"))).toEqual(["release old"]);
    destination.isConnected = true;
    outbox.flush();
    destination.accept();
    await turn();
    expect([destination.texts, young.state]).toEqual([["young"], "accepted"]);
  });

  it("is not sent again when the connection is lost that had not confirmed it", async () => {
    const { outbox, destination } = createSingle(() => 600);
    const delivery = follow(outbox.deliver(parcel("one")));
    await vi.advanceTimersByTimeAsync(601_000);
    expect(delivery.state).toBe("waiting"); // the server may confirm it yet
    destination.disconnect();
    destination.isConnected = true;
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect([destination.texts, delivery.state]).toEqual([["one"], "failed"]);
  });

  it("and was left by an earlier start is not delivered", async () => {
    const { outbox, destination } = createSingle(() => 600);
    const left = { unique: "left", sinceMs: performance.now() - 601_000 };
    const delivery = follow(outbox.deliver({ ...parcel("one"), left }));
    await turn();
    expect([destination.texts, delivery.state]).toEqual([[], "failed"]);
  });

  it("is so by the present configuration", async () => {
    let maxAge = 0;
    const { outbox, destination } = createSingle(() => maxAge);
    destination.isConnected = false;
    const delivery = follow(outbox.deliver(parcel("one")));
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(delivery.state).toBe("waiting");
    maxAge = 900;
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(delivery.state).toBe("failed");
  });
});

describe("while no server is connected", () => {
  it("parcels wait for ever if none is too old, and are sent in their order when a server is back", async () => {
    const { outbox, destination } = createSingle();
    destination.isConnected = false;
    const deliveries = ["1", "2", "3"].map((text) => follow(outbox.deliver(parcel(text))));
    await vi.advanceTimersByTimeAsync(24 * 60 * 60 * 1_000);
    expect(destination.texts).toEqual([]);
    expect(outbox.size).toBe(3);
    expect(outbox.oldestAge).toBe(86_400);

    destination.isConnected = true;
    outbox.flush();
    expect(destination.texts).toEqual(["1", "2", "3"]);
    for (const _ of deliveries) destination.accept();
    await turn();
    expect(deliveries.map(({ state }) => state)).toEqual(["accepted", "accepted", "accepted"]);
    expect(outbox).toMatchObject({ size: 0, oldestAge: 0 });
  });

  it("parcels keep their order if the server is gone again before they were sent", async () => {
    const { outbox, destination } = createSingle();
    destination.isConnected = false;
    void outbox.deliver(parcel("1"));
    void outbox.deliver(parcel("2"));
    outbox.flush();
    expect(destination.texts).toEqual([]);
    destination.isConnected = true;
    outbox.flush();
    expect(destination.texts).toEqual(["1", "2"]);
  });
});

describe("a parcel that was not confirmed", () => {
  it("is sent again with the same unique, before later parcels", async () => {
    const { outbox, destination } = createSingle();
    const first = follow(outbox.deliver(parcel("1")));
    const second = follow(outbox.deliver(parcel("2")));
    destination.disconnect();
    await turn();
    const third = follow(outbox.deliver(parcel("3")));
    destination.isConnected = true;
    outbox.flush();

    expect(destination.texts).toEqual(["1", "2", "1", "2", "3"]);
    const [one, two, oneAgain, twoAgain, three] = destination.submitted.map(({ unique }) => unique);
    expect([oneAgain, twoAgain]).toEqual([one, two]);
    expect(new Set([one, two, three]).size).toBe(3);

    for (let i = 0; i < 3; i++) destination.accept();
    await turn();
    expect([first.state, second.state, third.state]).toEqual(["accepted", "accepted", "accepted"]);
  });

  it("is not sent twice if a server returns while the timer runs", async () => {
    const { outbox, destination } = createSingle();
    void outbox.deliver(parcel("1"));
    destination.disconnect();
    await turn();
    destination.isConnected = true;
    outbox.flush();
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(destination.texts).toEqual(["1", "1"]);
  });

  it("is reported only in the debug log", async () => {
    const { outbox, destination, log } = createSingle();
    void outbox.deliver(parcel("1"));
    destination.reject("refused");
    await turn();
    expect(log.debug.mock.calls).toEqual([
      [{ err: expect.any(SubmitError) }, "sending job to gearmand failed, will be sent again"],
    ]);
    expect(log.error).not.toHaveBeenCalled();
  });
});

describe("a parcel that is refused", () => {
  /** Refuses every parcel for so long. */
  async function refuse(destination: FakeDestination, forMs: number): Promise<void> {
    for (let pastMs = 0; pastMs < forMs; pastMs += RETRY_MS) {
      destination.reject("refused");
      await vi.advanceTimersByTimeAsync(RETRY_MS);
    }
  }

  it("is sent again every second until the server accepts it", async () => {
    const { outbox, destination } = createSingle();
    const delivery = follow(outbox.deliver(parcel("1")));
    await refuse(destination, 5 * RETRY_MS);
    expect(destination.submitted).toHaveLength(6);
    expect(new Set(destination.submitted.map(({ unique }) => unique)).size).toBe(1);
    destination.accept();
    await turn();
    expect(delivery.state).toBe("accepted");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not delay others", async () => {
    const { outbox, destination } = createSingle();
    void outbox.deliver(parcel("wrong"));
    destination.reject("refused");
    await turn();
    const delivery = follow(outbox.deliver(parcel("right")));
    destination.accept();
    await turn();
    expect(delivery.state).toBe("accepted");
  });

  it("is given up after a minute, with the server's reason", async () => {
    const { outbox, destination } = createSingle();
    const delivery = follow(outbox.deliver(parcel("1")));
    await refuse(destination, REFUSED_MS);
    destination.reject("refused");
    await turn();
    expect(delivery.state).toBe("waiting");
    await refuse(destination, RETRY_MS);
    destination.reject("refused");
    await turn();
    expect(delivery).toEqual({ state: "failed", error: new SubmitError("refused", "no") });
    expect(outbox.size).toBe(0);
    await vi.advanceTimersByTimeAsync(REFUSED_MS);
    expect(destination.submitted).toHaveLength(62);
  });

  it("has its minute after an outage, too", async () => {
    const { outbox, destination } = createSingle();
    destination.isConnected = false;
    const delivery = follow(outbox.deliver(parcel("1")));
    await vi.advanceTimersByTimeAsync(10 * REFUSED_MS);
    destination.isConnected = true;
    outbox.flush();
    await refuse(destination, RETRY_MS);
    expect(delivery.state).toBe("waiting");
    expect(outbox.size).toBe(1);
    destination.accept();
    await turn();
    expect(delivery.state).toBe("accepted");
  });

  it("is never given up because of lost connections", async () => {
    const { outbox, destination } = createSingle();
    const delivery = follow(outbox.deliver(parcel("1")));
    for (let i = 0; i < 200; i++) {
      destination.reject("disconnected");
      await vi.advanceTimersByTimeAsync(RETRY_MS);
    }
    expect(delivery.state).toBe("waiting");
    expect(outbox.size).toBe(1);
  });
});

describe("the oldest parcel's age", () => {
  it("is of the first one not accepted yet", async () => {
    const { outbox, destination } = createSingle();
    expect(outbox.oldestAge).toBe(0);
    void outbox.deliver(parcel("1"));
    await vi.advanceTimersByTimeAsync(2_000);
    void outbox.deliver(parcel("2"));
    await vi.advanceTimersByTimeAsync(500);
    expect(outbox.oldestAge).toBe(2.5);
    destination.accept();
    await turn();
    expect(outbox.oldestAge).toBe(0.5);
  });
});

it("the outbox knows how large the results are that wait", async () => {
  const { outbox, destination } = createSingle();
  expect(outbox.bytes).toBe(0);
  void outbox.deliver(parcel("four"));
  follow(outbox.deliver(parcel("sixteen bytes is")));
  expect(outbox.bytes).toBe(20);
  destination.accept();
  await turn();
  expect(outbox.bytes).toBe(16);
  outbox.stop();
  expect(outbox.bytes).toBe(0);
});

describe("the keeper", () => {
  it("is told nothing of a parcel that is delivered at once, but that it need not be kept", async () => {
    const { outbox, destination, told } = createSingle();
    void outbox.deliver(parcel("1"));
    outbox.keepOlderThan(1_000);
    expect(told).toEqual([]);
    destination.accept();
    await turn();
    expect(told).toEqual(["release 1"]);
  });

  it.each<[what: string, go: (destination: FakeDestination) => void]>([
    ["nobody is there", (destination) => destination.disconnect()],
    ["its receipt was lost", (destination) => setImmediate(() => destination.disconnect())],
    ["it was refused", (destination) => setImmediate(() => destination.reject("refused"))],
  ])("is given a parcel because %s", async (_, go) => {
    const { outbox, destination, told } = createSingle();
    go(destination);
    follow(outbox.deliver(parcel("1")));
    await turn();
    expect(told).toEqual(["keep 1"]);
  });

  it("is given parcels that are not confirmed in time, the oldest first", async () => {
    const { outbox, told } = createSingle();
    void outbox.deliver(parcel("1"));
    void outbox.deliver(parcel("2"));
    await vi.advanceTimersByTimeAsync(1_000);
    void outbox.deliver(parcel("3"));
    outbox.keepOlderThan(1_001);
    expect(told).toEqual([]);
    outbox.keepOlderThan(1_000);
    expect(told).toEqual(["keep 1", "keep 2"]);
  });

  it("lets go of a parcel that is given up", async () => {
    const { outbox, destination, told } = createSingle();
    const delivery = follow(outbox.deliver(parcel("1")));
    for (let tried = 0; delivery.state === "waiting"; tried++) {
      destination.reject("refused");
      await vi.advanceTimersByTimeAsync(RETRY_MS);
      expect(tried).toBeLessThan(70);
    }
    expect(told.at(-1)).toBe("release 1");
  });

  it("has all that is left when the outbox stops", async () => {
    const { outbox, destination, told } = createSingle();
    follow(outbox.deliver(parcel("under way")));
    destination.isConnected = false;
    follow(outbox.deliver(parcel("parked")));
    outbox.stop();
    await turn();
    expect(told).toEqual(["keep parked", "keep under way", "keep parked"]);
  });
});

describe("a parcel of an earlier start", () => {
  const left = (text: string, server: string): Parcel => ({
    ...parcel(text, server),
    left: { unique: `start-0-${text}`, sinceMs: performance.now() - 7_000 },
  });

  it("keeps its unique and its age", () => {
    const { outbox, destination } = createSingle();
    void outbox.deliver(left("1", "a:4730"));
    expect(destination.submitted).toMatchObject([{ unique: "start-0-1" }]);
    expect(outbox.oldestAge).toBe(7);
  });

  it("waits for its own job server for five seconds, though another is connected", async () => {
    const { outbox, destinations } = createOutbox(["a:1", "b:1"]);
    const [first, second] = destinations;
    if (first === undefined || second === undefined) throw new Error("no server");
    first.isConnected = false;
    void outbox.deliver(left("1", "a:1"));
    void outbox.deliver(left("2", "gone:1"));
    await vi.advanceTimersByTimeAsync(4_000);
    expect([first.texts, second.texts]).toEqual([[], []]);
    first.isConnected = true;
    outbox.flush();
    expect([first.texts, second.texts]).toEqual([["1"], []]);
    await vi.advanceTimersByTimeAsync(2 * RETRY_MS);
    expect([first.texts, second.texts]).toEqual([["1", "2"], []]);
  });
});

describe("stop", () => {
  it("counts the parcels that are left, sent or waiting, and rejects them", async () => {
    const { outbox, destination } = createSingle();
    const accepted = follow(outbox.deliver(parcel("accepted")));
    const refused = follow(outbox.deliver(parcel("refused")));
    const underWay = follow(outbox.deliver(parcel("under way")));
    destination.accept();
    destination.reject("refused");
    await turn();
    destination.isConnected = false;
    const parked = follow(outbox.deliver(parcel("parked")));

    expect(outbox.stop()).toBe(3);
    await turn();
    expect(accepted.state).toBe("accepted");
    for (const { state, error } of [refused, underWay, parked])
      expect({ state, error }).toEqual({
        state: "failed",
        error: new Error("no job server accepted the result"),
      });
    expect(outbox.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("counts nothing when all is accepted", async () => {
    const { outbox, destination } = createSingle();
    void outbox.deliver(parcel("1"));
    destination.accept();
    await turn();
    expect(outbox.stop()).toBe(0);
  });

  it("ends everything: no parcel is taken or sent again", async () => {
    const { outbox, destination } = createSingle();
    follow(outbox.deliver(parcel("1")));
    outbox.stop();
    destination.reject("disconnected");
    await turn();
    outbox.flush();
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(destination.texts).toEqual(["1"]);
    await expect(outbox.deliver(parcel("2"))).rejects.toThrow("no job server accepted the result");
    expect(outbox.size).toBe(0);
  });
});
