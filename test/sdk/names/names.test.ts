import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { normalise } from "../../plugins/oracle.ts";
import { mayHaveNames, runWithNames } from "../../support/processes/name-namespace.ts";
import { hasServer } from "../../support/servers/installed.ts";
import type { Compared, Found, Said, ScenarioName } from "./names-run.ts";

const LONG = { timeout: 300_000 };

async function run<Result>(scenario: ScenarioName): Promise<Result> {
  return JSON.parse(await runWithNames(join(import.meta.dirname, "names-run.ts"), [scenario])) as Result;
}

function withoutTimes({ host, returnCode, output }: Said): Said {
  return { host, returnCode, output: normalise(output) };
}

/** How many checks of each kind of name had which return code. */
function tally(said: readonly Said[]): Readonly<Record<string, number>> {
  const kinds = said.map(({ host, returnCode }) => `${/^[a-z]+/.exec(host)} ${returnCode}`);
  const groups = Map.groupBy(kinds, (kind) => kind);
  return Object.fromEntries([...groups].map(([kind, { length }]) => [kind, length]));
}

// Each has a network of its own, and waits most of the time.
describe.skipIf(!hasServer("ip") || !mayHaveNames())(
  "with a name server of the test's own",
  { concurrent: true },
  () => {
    it.skipIf(!hasServer("check_dummy"))(
      "300 silent, 300 slow and 300 far names at once are answered as by the plugins",
      LONG,
      async () => {
        const { native, plugin } = await run<Compared>("storms");
        const compared = native.filter(({ host }) => plugin.some((each) => each.host === host));
        expect(compared.map(withoutTimes)).toEqual(plugin.map(withoutTimes));
        expect(tally(plugin)).toEqual({ "silent 2": 30, "slow 0": 30, "far 0": 30 });
        expect(tally(native)).toEqual({ "silent 2": 300, "slow 0": 300, "far 0": 300 });
      },
    );

    it("100 new names a second of a distant name server are all found", LONG, async () => {
      const said = await run<readonly Said[]>("distance");
      expect(said.filter(({ returnCode }) => returnCode !== 0)).toEqual([]);
      expect(said).toHaveLength(400);
    });

    it("names of /etc/hosts and addresses do not wait for a silent name server", LONG, async () => {
      const ended = await run<readonly Said[]>("hosts");
      expect(ended.slice(0, 40).filter(({ host }) => host.startsWith("silent"))).toEqual([]);
      expect(tally(ended)).toMatchObject({ "silent 2": 40, "local 0": 20 });
    });

    it("names, families and errors are those of getaddrinfo", LONG, async () => {
      const found = await run<Readonly<Record<string, Found>>>("getaddrinfo");
      const [ours, theirs] = (["resolver", "getaddrinfo"] as const).map((by) =>
        Object.fromEntries(Object.entries(found).map(([name, each]) => [name, each[by]])),
      );
      expect(ours).toEqual(theirs);
      expect(ours).toMatchObject({
        "twin 4": "127.0.0.2 127.0.0.3",
        "web 4": "127.0.0.1",
        "web 6": "No address associated with hostname",
        "none.test 0": "Name or service not known",
      });
    });

    it("a process that lives on takes over what changes in resolv.conf and hosts", LONG, async () => {
      expect(await run("changes")).toEqual([
        "Temporary failure in name resolution",
        "127.0.0.1",
        "127.0.0.9",
        "127.0.0.10",
      ]);
    });

    it("the end does not wait for a silent name server", LONG, async () => {
      expect(await run("ends")).toEqual([1, 0]);
    });
  },
);
