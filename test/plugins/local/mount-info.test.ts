import { expect, it } from "vitest";
import { parseMountTable } from "../../../plugins/local/disk/mount-table.ts";
import { mountOf, parseMountInfo } from "../../../plugins/local/mount-info.ts";

it("finds the mount that was made last of the deepest, also among more than a call has room for", () => {
  const above = Array.from({ length: 200_000 }, () => ({ folder: "/", type: "ext4" }));
  const last = { folder: "/mnt", type: "xfs" };
  expect(mountOf("/mnt/x/y", [last, ...above])).toBe(last);
  expect(mountOf("/mnt/x/y", [last, ...above, { ...last }])).not.toBe(last);
});

it("leaves empty lines out", () => {
  const line = "36 35 98:0 / /mnt rw - ext4 /dev/sda1 rw";
  expect(parseMountInfo(`\n\n${line}\n\n`)).toHaveLength(1);
  expect(parseMountTable("\n\n/dev/sda1 / ext4 rw 0 0\n\n")).toHaveLength(1);
});
