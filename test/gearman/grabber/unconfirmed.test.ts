import { expect, it } from "vitest";
import { Unconfirmed } from "../../../src/gearman/grabber/unconfirmed.ts";

it("an answer is unconfirmed until a grab sent after it is replied to", () => {
  const unconfirmed = new Unconfirmed();
  const handles = () => unconfirmed.take().map(({ handle }) => handle);
  unconfirmed.grabbed();
  answer(unconfirmed, "before the second grab");
  unconfirmed.grabbed();
  answer(unconfirmed, "after it");
  unconfirmed.replied();
  unconfirmed.replied();
  expect(handles()).toEqual(["after it"]);
  expect(handles()).toEqual([]);

  unconfirmed.grabbed();
  answer(unconfirmed, "one");
  unconfirmed.replied();
  answer(unconfirmed, "two");
  expect(handles()).toEqual(["one", "two"]);
});

function answer(unconfirmed: Unconfirmed, handle: string): void {
  const assigned = { handle, queue: "host", unique: "", workload: Buffer.alloc(0), server: "a:4730" };
  unconfirmed.answered({ ...assigned, answer: { type: "WORK_FAIL" } });
}
