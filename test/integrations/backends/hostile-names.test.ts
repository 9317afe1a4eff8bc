import { describe, expect, it } from "vitest";
import type { Backend, Target } from "../../../integrations/backends/backend.ts";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { CommandChannel } from "../../../integrations/backends/commands/command-channel.ts";
import type { BotCommand } from "../../../integrations/zulip/bot/read-command.ts";
import { readCommand } from "../../../integrations/zulip/bot/read-command.ts";

const NOW = Math.floor(Date.now() / 1000);
const WISH = { author: "me", comment: "seen", isSticky: true };
const PLAN = { author: "me", comment: "seen", marker: "seen", startsAt: NOW, endsAt: NOW + 3_600 };
const MARK = { id: "1", marker: "seen", author: "me" };

/** All that a backend can be asked for. */
const ACTS: readonly (readonly [string, (backend: Backend, target: Target) => Promise<unknown>])[] = [
  ["acknowledge", (backend, target) => backend.acknowledge(target, WISH)],
  ["unacknowledge", (backend, target) => backend.unacknowledge(target, "me")],
  ["downtime", (backend, target) => backend.downtime(target, PLAN)],
  ["removeDowntime", (backend, target) => backend.removeDowntime(target, MARK)],
  ["recheck", (backend, target) => backend.recheck(target)],
  ["status", (backend, target) => backend.status(target)],
];

/** As people write them between the `###` of a command. */
const NAMES = [
  ...[
    "web1%0A[1] SHUTDOWN_PROGRAM",
    "web1%0D%0A[1] X",
    "web1%00",
    "web1%0A",
    "web1;x",
    "a%C2%85b",
    "a%E2%80%A8b",
  ],
  // A permission for `web1` would not fit these, and a core that cuts blanks would take them for it.
  ...["web1%20", "%20web1", "web1%09", "web1%C2%A0"],
  // A path of Thruk's API: `/services/../hosts` lists them all.
  ...["..", ".", "%2E%2E"],
];

describe.each(ACTS)("%s", (_, act) => {
  it.each(NAMES)("of %s asks no core, as none has such a name", async (name) => {
    const lines: string[] = [];
    const asked: Target[] = [];
    const status = async (target: Target) => {
      asked.push(target);
      return { state: 2, isAcknowledged: true, downtimes: 0, output: "" };
    };
    const downtimes = async () => [{ id: "1", author: "", comment: "seen", endsAt: 0 }];
    const send = async (line: string) => void lines.push(line);
    for (const reader of [undefined, { status, downtimes }]) {
      const channel = new CommandChannel({ name: "the core", send, ...(reader && { reader }) });
      const backend = new CheckedBackend(channel, { seenWithinMs: 0, pollMs: 1 });
      for (const target of [targetOf(`status###${name}###`), targetOf(`status###web2###${name}###`)])
        expect(await act(backend, target)).toEqual({ kind: "unknown-object" });
    }
    expect({ lines, asked }).toEqual({ lines: [], asked: [] });
  });
});

function targetOf(text: string): Target {
  const { target } = readCommand(text) as BotCommand;
  if (target === undefined) throw new Error(`${text} names nothing`);
  return target;
}

it("a command channel gives on no second line, whoever has written it", async () => {
  const lines: string[] = [];
  const channel = new CommandChannel({ name: "the core", send: async (line) => void lines.push(line) });
  await expect(channel.recheck({ host: "web1\n[1] SHUTDOWN_PROGRAM" })).rejects.toThrow(
    "a command is one line",
  );
  expect(lines).toEqual([]);
});
