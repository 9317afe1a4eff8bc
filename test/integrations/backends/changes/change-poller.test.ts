import { describe, expect, it } from "vitest";
import type { Change } from "../../../../integrations/backends/changes/change.ts";
import { ChangePoller } from "../../../../integrations/backends/changes/change-poller.ts";
import type {
  ChangeReader,
  Mark,
  Standing,
} from "../../../../integrations/backends/changes/change-reader.ts";
import { ChannelError } from "../../../../integrations/backends/channel.ts";

const EVERY = 15;
const START = 1_795_419_000;
const TARGET = { host: "web1", service: "http" };
const PROBLEM: Standing = { isWell: false, isAcknowledged: false, wellAt: 0 };

/** A monitoring in which things are done between two looks. */
class World implements ChangeReader {
  seconds = START;
  acks: Mark[] = [];
  planned: Mark[] = [];
  standings: Standing | undefined = PROBLEM;
  isAway = false;
  kept: { readonly planned: Mark[]; readonly acks: Mark[] } = { planned: [], acks: [] };
  readonly asked: string[] = [];

  mark(comment: string, more: Partial<Mark> = {}): Mark {
    const base = { target: TARGET, author: "gui", comment, enteredAt: this.seconds, endsAt: undefined };
    return { ...base, ...more };
  }

  downtime(comment: string, more: Partial<Mark> = {}): Mark {
    const endsAt = this.seconds + 3_600;
    return this.mark(comment, { endsAt, overAt: endsAt, ...more });
  }

  async acknowledgements(): Promise<readonly Mark[]> {
    this.#answer("acknowledgements");
    return [...this.acks];
  }

  async downtimes(): Promise<readonly Mark[]> {
    this.#answer("downtimes");
    return [...this.planned];
  }

  async standing(): Promise<Standing | undefined> {
    this.#answer("standing");
    return this.standings;
  }

  #answer(what: string): void {
    this.asked.push(what);
    if (this.isAway) throw new ChannelError("unavailable", "away");
  }

  [Symbol.dispose](): void {}
}

/** What is told, a list for each look. Before each but the first one, something is done. */
async function look(
  world: World,
  done: readonly ((world: World) => void)[],
  hasDowntimes = true,
): Promise<readonly (readonly string[])[]> {
  const ending = new AbortController();
  const rest = [...done];
  let told: string[] = [];
  const looks: string[][] = [told];
  const sleep = async (ms: number) => {
    world.seconds += ms / 1_000;
    const next = rest.shift();
    if (next === undefined) return ending.abort();
    told = [];
    looks.push(told);
    next(world);
  };
  const polling = { everyMs: EVERY * 1_000, hasDowntimes, now: () => world.seconds * 1_000, sleep };
  const poller = new ChangePoller(world, polling);
  while (!ending.signal.aborted)
    try {
      for await (const change of poller.follow(() => {}, ending.signal)) told.push(render(change));
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      told.push(error.message);
      await sleep(EVERY * 1_000);
    }
  return looks;
}

function render({ what, author, comment, isNotified }: Change): string {
  return [what, author, comment, isNotified === undefined ? "notified?" : ""]
    .filter((word) => word !== "")
    .join(" ");
}

const nothing = () => {};
const acknowledge =
  (comment: string, more: Partial<Mark> = {}) =>
  (world: World) => {
    world.acks = [world.mark(comment, more)];
  };
const unacknowledge =
  (standing: Partial<Standing> | undefined = {}) =>
  (world: World) => {
    world.acks = [];
    world.standings = standing && { ...PROBLEM, ...standing };
  };
const plan =
  (comment: string, more: Partial<Mark> = {}) =>
  (world: World) => {
    world.planned.push(world.downtime(comment, more));
  };
const cancel = (world: World) => {
  world.planned = [];
};
const later = (seconds: number) => (world: World) => {
  world.seconds += seconds;
};
const all =
  (...actions: readonly ((world: World) => void)[]) =>
  (world: World) => {
    for (const action of actions) action(world);
  };
const hide = (world: World) => {
  if (world.standings !== undefined) world.kept = { planned: world.planned, acks: world.acks };
  [world.planned, world.acks, world.standings] = [[], [], undefined];
};
/** The core is there again, and has kept all. */
const show = (world: World) => {
  [world.planned, world.acks, world.standings] = [world.kept.planned, world.kept.acks, PROBLEM];
};
const away = (isAway: boolean) => (world: World) => {
  world.isAway = isAway;
};

describe("a monitoring that is looked at", () => {
  it.each([
    {
      what: "what is there at the first look is not told",
      before: all(acknowledge("old"), plan("old")),
      done: [nothing, nothing],
      told: [[], [], []],
    },
    {
      what: "an acknowledgement is told when it is seen for the second time, and once",
      done: [acknowledge("on it"), nothing, nothing],
      told: [[], [], ["acknowledged gui on it notified?"], []],
    },
    {
      what: "an acknowledgement that was taken back before it was told is not",
      done: [acknowledge("oops"), unacknowledge(), nothing],
      told: [[], [], [], []],
    },
    {
      what: "an acknowledgement that is gone from a problem was removed",
      before: acknowledge("old"),
      done: [unacknowledge(), nothing],
      told: [[], ["unacknowledged"], []],
    },
    {
      what: "an acknowledgement that is gone as all is well is not told",
      before: acknowledge("old"),
      done: [unacknowledge({ isWell: true }), nothing],
      told: [[], [], []],
    },
    {
      what: "nor if all was well in between, and is a problem again",
      before: acknowledge("old"),
      done: [unacknowledge({ wellAt: START + 3 })],
      told: [[], []],
    },
    {
      what: "nor if only its comment was removed",
      before: acknowledge("old"),
      done: [unacknowledge({ isAcknowledged: true })],
      told: [[], []],
    },
    {
      what: "another acknowledgement in place of the first is told, and then its end",
      before: acknowledge("old"),
      done: [acknowledge("new"), nothing, unacknowledge()],
      told: [[], [], ["acknowledged gui new notified?"], ["unacknowledged"]],
    },
    {
      what: "a persistent comment of an earlier acknowledgement hides no end",
      before: (world: World) => {
        world.acks = [world.mark("now"), world.mark("long ago", { enteredAt: START - 100 })];
      },
      done: [acknowledge("long ago", { enteredAt: START - 100 }), nothing],
      told: [[], ["unacknowledged"], []],
    },
    {
      what: "a downtime is told once, and that it was cancelled",
      done: [plan("new disk"), nothing, cancel, nothing],
      told: [[], ["downtime gui new disk"], [], ["downtime-removed gui new disk"], []],
    },
    {
      what: "a downtime that has come to its end is not told",
      before: plan("short", { overAt: START + 40 }),
      done: [nothing, cancel],
      told: [[], [], []],
    },
    {
      what: "a downtime that is over already is not told",
      done: [plan("past", { endsAt: START - 10 })],
      told: [[], []],
    },
    {
      what: "marks that are the same with others ids, or in another order, are no news",
      before: all(plan("a"), plan("b")),
      done: [(world: World) => void world.planned.reverse()],
      told: [[], []],
    },
    {
      what: "what was made long ago is not told when it appears: a core behind Thruk is there again",
      done: [
        (world: World) => {
          const enteredAt = world.seconds - 86_400;
          world.acks = [world.mark("old", { enteredAt })];
          world.planned = [world.downtime("old", { enteredAt })];
        },
        nothing,
      ],
      told: [[], [], []],
    },
    {
      what: "what is gone with its target is not told, nor when it is there again: a core behind Thruk was away",
      before: all(plan("kept"), acknowledge("kept")),
      done: [hide, hide, show, nothing],
      told: [[], [], [], [], []],
    },
    {
      what: "what was done in a short time away is told afterwards",
      before: plan("old"),
      done: [away(true), all(away(false), cancel, plan("new"))],
      told: [[], ["away"], ["downtime-removed gui old", "downtime gui new"]],
    },
    {
      what: "what was done in a long time away is not",
      before: all(plan("old"), acknowledge("old")),
      done: [away(true), all(later(600), away(false), cancel, unacknowledge(), plan("new")), cancel],
      told: [[], ["away"], [], ["downtime-removed gui new"]],
    },
    {
      what: "without the clocks of the two being the same to the second, a downtime's end is no cancelling",
      before: plan("short", { overAt: START + 35 }),
      done: [cancel],
      told: [[], []],
    },
  ])("$what", async ({ before = nothing, done, told }) => {
    const world = new World();
    before(world);
    expect(await look(world, done)).toEqual(told);
  });

  it("is compared again with what was there before a look that failed in the middle", async () => {
    const world = new World();
    acknowledge("old")(world);
    const { standing } = world;
    const fail = async () => {
      throw new ChannelError("unavailable", "away in the middle");
    };
    const failing = (one: World) => {
      unacknowledge()(one);
      plan("new")(one);
      one.standing = fail;
    };
    const well = (one: World) => {
      one.standing = standing;
    };
    expect(await look(world, [failing, well])).toEqual([
      [],
      ["away in the middle"],
      ["unacknowledged", "downtime gui new"],
    ]);
  });

  it("is asked for acknowledgements alone where downtimes are not told", async () => {
    const world = new World();
    await look(world, [nothing, nothing], false);
    expect(world.asked).toEqual(["acknowledgements", "acknowledgements", "acknowledgements"]);
  });

  it("is asked for each target once, and for a hundred in one look, until all are told", async () => {
    const world = new World();
    const target = (at: number) => ({ host: "web1", service: `s${at}` });
    for (let at = 0; at < 150; at += 1)
      for (const name of ["a", "b"]) plan(name, { target: target(at) })(world);
    const looks = await look(world, [cancel, nothing, nothing]);
    expect(looks.map((told) => told.length)).toEqual([0, 200, 100, 0]);
    expect(world.asked.filter((what) => what === "standing")).toHaveLength(150);
  });

  it("is not asked for ten thousand targets that are hidden all at once", async () => {
    const world = new World();
    for (let at = 0; at < 10_000; at += 1) plan("kept", { target: { host: `h${at}` } })(world);
    const looks = await look(world, [hide, show, nothing]);
    expect(looks).toEqual([[], [], [], []]);
    expect(world.asked.filter((what) => what === "standing")).toHaveLength(3);
  });
});
