import { describe, expect, it, vi } from "vitest";
import { DealtEntries } from "../../../integrations/spool/dealt-entries.ts";

function onDisk() {
  const disk = { isReadOnly: true };
  const taken: string[] = [];
  const take = async ({ name }: { readonly name: string }) => {
    if (disk.isReadOnly) throw new Error(`EROFS ${name}`);
    taken.push(name);
    return `/spool/set-aside/${name}`;
  };
  const remove = vi.fn(async (entry: { readonly name: string }) => void (await take(entry)));
  const [onStuck, onFreed] = [vi.fn(), vi.fn()];
  const dealt = new DealtEntries({ spool: { folder: "/spool", remove, setAside: take }, onStuck, onFreed });
  return { disk, taken, remove, onStuck, onFreed, dealt };
}

describe("entries that were dealt with", () => {
  it("and that the disk does not let go of are known, told once, and taken out later as they were to be", async () => {
    const { disk, taken, onStuck, onFreed, dealt } = onDisk();
    await dealt.remove({ name: "sent" });
    expect(await dealt.setAside({ name: "bad" })).toBe("/spool/bad");
    expect(["sent", "bad", "other"].map((name) => dealt.has(name))).toEqual([true, true, false]);
    expect(onStuck.mock.calls).toEqual([[new Error("EROFS sent")]]);
    disk.isReadOnly = false;
    await dealt.retry();
    expect(taken).toEqual(["sent", "bad"]);
    expect(["sent", "bad"].map((name) => dealt.has(name))).toEqual([false, false]);
    expect(onFreed).toHaveBeenCalledTimes(1);
  });

  it("are not all tried again while the disk takes none", async () => {
    const { remove, dealt } = onDisk();
    for (let at = 0; at < 5; at += 1) await dealt.remove({ name: `${at}` });
    remove.mockClear();
    await dealt.retry();
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
