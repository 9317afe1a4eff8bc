import { expect, it } from "vitest";
import { KnownNames } from "../../../sdk/names/known-names.ts";

const MINUTE = 60_000;

it("knows the name of an address for ten minutes after the last answer", () => {
  const known = new KnownNames();
  known.learn("web1", ["192.0.2.1", "2001:db8::1"], 0);
  expect(known.nameOf("192.0.2.1", 9 * MINUTE)).toBe("web1");
  expect(known.nameOf("2001:db8::1", 9 * MINUTE)).toBe("web1");
  expect(known.nameOf("192.0.2.2", 0)).toBeUndefined();
  known.learn("web1", ["192.0.2.1"], 9 * MINUTE);
  expect(known.nameOf("192.0.2.1", 18 * MINUTE)).toBe("web1");
  expect(known.nameOf("2001:db8::1", 18 * MINUTE)).toBeUndefined();
});

it("knows none for an address with several names, until they are forgotten", () => {
  const known = new KnownNames();
  known.learn("shop.example", ["192.0.2.1"], 0);
  known.learn("blog.example", ["192.0.2.1"], MINUTE);
  known.learn("shop.example", ["192.0.2.1"], 2 * MINUTE);
  expect(known.nameOf("192.0.2.1", 3 * MINUTE)).toBeUndefined();
  known.learn("shop.example", ["192.0.2.1"], 12 * MINUTE);
  expect(known.nameOf("192.0.2.1", 12 * MINUTE)).toBe("shop.example");
});

it("does not grow without end", () => {
  const known = new KnownNames();
  for (let at = 0; at <= 10_000; at += 1) known.learn(`h${at}`, [`a${at}`], 0);
  expect(known.nameOf("a0", 0)).toBeUndefined();
  expect(known.nameOf("a10000", 0)).toBe("h10000");
});
