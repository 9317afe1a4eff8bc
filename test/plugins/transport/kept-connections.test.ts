import { afterEach, expect, it } from "vitest";
import { KeptConnections } from "../../../plugins/transport/kept-connections.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();

class Connection {
  isOpen = true;
  close(): void {
    this.isOpen = false;
  }
}

let isKeeping = true;
afterEach(() => {
  isKeeping = true;
});

const create = () => new KeptConnections<Connection>(() => isKeeping);

it("gives the connection that was used last, to one check", () => {
  using kept = create();
  const [first, second] = [new Connection(), new Connection()];
  kept.give("a", first);
  kept.give("a", second);
  expect(kept.take("b")).toBeUndefined();
  expect([kept.take("a"), kept.take("a"), kept.take("a")]).toEqual([second, first, undefined]);
});

it("keeps none that has ended, and no more than four of a login", () => {
  using kept = create();
  const all = Array.from({ length: 6 }, () => new Connection());
  all[0]?.close();
  for (const each of all) kept.give("a", each);
  expect(kept.size).toBe(4);
  expect(all.map(({ isOpen }) => isOpen)).toEqual([false, true, true, true, true, false]);
  all[4]?.close();
  expect(kept.take("a")).toBe(all[3]);
});

it("closes all when connections are not kept any more, or the worker stops", () => {
  const kept = create();
  const [first, second, third] = [new Connection(), new Connection(), new Connection()];
  kept.give("a", first);
  isKeeping = false;
  kept.give("a", second);
  expect(kept.take("a")).toBeUndefined();
  isKeeping = true;
  kept.give("a", third);
  kept[Symbol.dispose]();
  expect([first, second, third].map(({ isOpen }) => isOpen)).toEqual([false, false, false]);
});
