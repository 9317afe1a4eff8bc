import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunPlace, TargetPlaces } from "../../src/run/target-places.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const limitedTo = (most: number) => {
  const places = new TargetPlaces();
  places.configure(most);
  return places;
};

/** Books what becomes of a job. */
function start(places: TargetPlaces, target: string, timeout = 60) {
  const book: string[] = [];
  const place: RunPlace = {
    leave: () => void book.push("leaves its slot"),
    enter: async () => void book.push("has a slot again"),
  };
  const entered = places.enter(target, { timeout, place });
  entered.then(
    (turn) => book.push(turn === undefined ? "time is up" : "begins"),
    (error) => book.push(error.message),
  );
  return { book, end: async () => (await entered)?.[Symbol.dispose](), entered, place };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("the places at targets", () => {
  it("are so many for each target, and the first to wait is the first to begin, with a slot", async () => {
    const places = limitedTo(2);
    const [a, b, c, d] = [1, 2, 3, 4].map(() => start(places, "dead"));
    const other = start(places, "other");
    await settle();
    expect(places.full).toEqual([{ target: "dead", underWay: 2, waiting: 2 }]);
    expect([a, b, other].map((job) => job?.book)).toEqual([["begins"], ["begins"], ["begins"]]);
    expect([c, d].map((job) => job?.book)).toEqual([["leaves its slot"], ["leaves its slot"]]);
    expect(places.waiting).toBe(2);
    await a?.end();
    await settle();
    expect(c?.book).toEqual(["leaves its slot", "has a slot again", "begins"]);
    expect(d?.book).toEqual(["leaves its slot"]);
    await b?.end();
    await settle();
    expect(d?.book.at(-1)).toBe("begins");
    expect(places.waits.status).toMatchObject({ waiting: 0, waited: 2 });
  });

  it("are given back once", async () => {
    const places = limitedTo(1);
    const [a, b, c] = [1, 2, 3].map(() => start(places, "dead"));
    await a?.end();
    await a?.end();
    await settle();
    expect(b?.book.at(-1)).toBe("begins");
    expect(c?.book).toEqual(["leaves its slot"]);
    await b?.end();
    await c?.end();
  });

  it("are waited for no longer than the job may take, and its slot is not taken again", async () => {
    const places = limitedTo(1);
    const first = start(places, "dead");
    const late = start(places, "dead", 10);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(late.book).toEqual(["leaves its slot"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(late.book).toEqual(["leaves its slot", "time is up"]);
    await first.end();
    const next = start(places, "dead");
    await settle();
    expect(next.book).toEqual(["begins"]);
  });

  it("are lost to a job whose time is up before it has a slot again", async () => {
    const places = limitedTo(1);
    const first = start(places, "dead");
    const slot = Promise.withResolvers<void>();
    const place = { leave: () => {}, enter: () => slot.promise };
    const entered = places.enter("dead", { timeout: 10, place });
    await first.end();
    await vi.advanceTimersByTimeAsync(10_000);
    slot.resolve();
    expect(await entered).toBeUndefined();
    const next = start(places, "dead");
    await settle();
    expect(next.book).toEqual(["begins"]);
  });

  it("change with the configuration: those that wait begin, and those that run count", async () => {
    const places = limitedTo(1);
    const jobs = [1, 2, 3].map(() => start(places, "dead"));
    places.configure(2);
    await settle();
    expect(jobs.map(({ book }) => book.at(-1))).toEqual(["begins", "begins", "leaves its slot"]);
    places.configure(0);
    await settle();
    expect(jobs.at(-1)?.book.at(-1)).toBe("begins");
    places.configure(3);
    const more = start(places, "dead");
    await settle();
    expect(more.book).toEqual(["leaves its slot"]);
    for (const { end } of jobs) await end();
    await settle();
    expect(more.book.at(-1)).toBe("begins");
  });

  it("are not waited for any more when the worker ends", async () => {
    const places = limitedTo(1);
    start(places, "dead");
    const waiting = start(places, "dead");
    places.stop();
    await settle();
    const said = "the worker has ended before it was the turn of the check";
    expect(waiting.book).toEqual(["leaves its slot", said]);
    const late = start(places, "dead");
    await settle();
    expect(late.book.at(-1)).toBe(said);
  });

  it("are those of a name for its address, too, if it is known", async () => {
    const names = new Map([["192.0.2.1", "dead"]]);
    const places = new TargetPlaces((address) => names.get(address));
    places.configure(1);
    const [a, b, c] = ["dead", "192.0.2.1", "192.0.2.2"].map((target) => start(places, target));
    await settle();
    expect([a?.book, b?.book, c?.book]).toEqual([["begins"], ["leaves its slot"], ["begins"]]);
    await a?.end();
    await settle();
    expect(b?.book.at(-1)).toBe("begins");
    await Promise.all([b?.end(), c?.end()]);
  });
});
