import { describe, expect, it } from "vitest";
import { diffConfig } from "../../src/config/diff.ts";
import { load } from "../support/config/load-memory.ts";

const BEFORE = ["server=localhost", "key=should_be_changed"];
const NOTHING = { live: [], reconnect: [], restart: [] };

describe("diffConfig", () => {
  it("finds nothing between a configuration and its like", () => {
    expect(diffConfig(load(BEFORE).config, load([...BEFORE, "max-worker=20"]).config)).toEqual(NOTHING);
  });

  it.each([
    [["max-worker=7"], { live: ["max-worker"] }],
    [["server=other"], { reconnect: ["server"] }],
    [["key=something_else"], { live: ["key"] }],
    [["encryption=no"], { live: ["encryption"] }],
    [["pidfile=/p", "daemon"], { restart: ["pidfile", "daemon"] }],
    [
      ["hosts=no", "hostgroups=a", "debug=1", "pidfile=/p"],
      {
        live: ["debug"],
        reconnect: ["hosts", "services", "eventhandler", "notifications", "hostgroups"],
        restart: ["pidfile"],
      },
    ],
    [["max-jobs=1", "fork_on_exec=yes"], {}],
  ])("sorts %j by what they ask for", (changes, expected) => {
    const after = load([...BEFORE, ...changes]).config;
    expect(diffConfig(load(BEFORE).config, after)).toEqual({ ...NOTHING, ...expected });
  });

  it("compares what needs a restart with the configuration of the start", () => {
    const config = (...changes: readonly string[]) => load([...BEFORE, ...changes]).config;
    const [started, before] = [config(), config("pidfile=/p", "debug=1")];
    const restart = { ...NOTHING, restart: ["pidfile"] };
    expect(diffConfig(before, config("pidfile=/p", "debug=1"), started)).toEqual(restart);
    expect(diffConfig(before, config("debug=1"), started)).toEqual(NOTHING);
  });

  it("finds a key that changed behind the same keyfile", () => {
    const loadWith = (key: string) => load(["server=a", "keyfile=/k"], { files: { "/k": key } }).config;
    expect(diffConfig(loadWith("old_key"), loadWith("new_key"))).toEqual({ ...NOTHING, live: ["key"] });
  });
});
