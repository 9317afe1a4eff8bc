import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Admission, type AdmissionOptions, Crowded } from "../../sdk/admission.ts";
import { withinSeconds } from "../../sdk/index.ts";

const { signal } = new AbortController();
const FOR_EVER = 100_000;
let all = new DisposableStack();
afterEach(() => {
  all.dispose();
  all = new DisposableStack();
});

const create = (options: Partial<AdmissionOptions> = {}) =>
  all.use(new Admission({ name: "logins", most: 2, countsForMs: FOR_EVER, ...options }));

/** Enters so many times. The list has the number of each one that was let in. */
function enterAll(admission: Admission, count: number) {
  const entered: number[] = [];
  const places: Disposable[] = [];
  const entering = Array.from({ length: count }, async (_, number) => {
    places[number] = all.use(await admission.enter(signal));
    entered.push(number);
  });
  return { entered, places, whenAllIn: () => Promise.all(entering) };
}

describe("an admission", () => {
  it("lets so many in at a time, and the others in their order", async () => {
    const admission = create();
    const { entered, places, whenAllIn } = enterAll(admission, 5);
    await pause(1);
    expect({ entered, ...admission.waits.status }).toMatchObject({ entered: [0, 1], waiting: 3, waited: 0 });
    for (const number of [1, 0, 3]) {
      places[number]?.[Symbol.dispose]();
      places[number]?.[Symbol.dispose](); // a place is given up once
      await pause(1);
    }
    await whenAllIn();
    expect({ entered, underWay: admission.underWay }).toEqual({ entered: [0, 1, 2, 3, 4], underWay: 2 });
    const { waiting, waited, longestWait, totalWait } = admission.waits.status;
    expect({ waiting, waited }).toEqual({ waiting: 0, waited: 3 });
    expect(longestWait).toBeGreaterThan(0);
    expect(totalWait).toBeGreaterThan(longestWait);
  });

  it("gives the place of a check that has given up to the next one", async () => {
    const admission = create({ most: 1 });
    const first = await admission.enter(signal);
    const stop = new AbortController();
    const given = expect(admission.enter(stop.signal)).rejects.toThrow("time is up");
    const third = admission.enter(signal);
    stop.abort(new Error("time is up"));
    first[Symbol.dispose]();
    await given;
    all.use(await third);
    expect(admission).toMatchObject({ underWay: 1, waits: { status: { waiting: 0 } } });
  });

  it("does not count what only waits for its server, so that a silent one holds up nothing", async () => {
    const { entered, whenAllIn } = enterAll(create({ countsForMs: 20 }), 7);
    await whenAllIn();
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("counts on while the event loop is busy: then the server is not what is slow", async () => {
    const { entered, places } = enterAll(create({ countsForMs: 50 }), 3);
    // Each turn is busy, so the loop has no idle time.
    for (const end = performance.now() + 200; performance.now() < end; )
      await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toEqual([0, 1]);
    places[0]?.[Symbol.dispose]();
  });

  it("leaves a check to the plugin that has waited too long", async () => {
    const admission = create({ patienceMs: 20 });
    all.use(await admission.enter(signal));
    all.use(await admission.enter(signal));
    await expect(admission.enter(signal)).rejects.toThrow(Crowded);
    await expect(admission.enter(signal)).rejects.toThrow("too many logins at a time");
    expect(admission.waits.status).toMatchObject({ waiting: 0, waited: 2 });
  });

  it("costs a check nothing of its time-out", async () => {
    const admission = create({ most: 1 });
    const first = await admission.enter(signal);
    const onTimeout = () => new Error("too late");
    const answer = withinSeconds({ seconds: 0.1, onTimeout }, (deadline) =>
      withinSeconds({ seconds: 0.05, signal: deadline, onTimeout }, async (inner) => {
        using _place = await admission.enter(inner);
        return "in time";
      }),
    );
    await pause(200);
    first[Symbol.dispose]();
    expect(await answer).toBe("in time");
  });
});

it("tells of long waits", async () => {
  const admission = create({ most: 1 });
  const told: number[] = [];
  admission.waits.whenLong(() => told.push(admission.waits.status.waited));
  const first = await admission.enter(signal);
  const second = admission.enter(signal);
  await pause(1_050);
  first[Symbol.dispose]();
  all.use(await second);
  expect(told).toEqual([1]);
});
