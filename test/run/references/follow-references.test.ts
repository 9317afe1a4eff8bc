import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { defineCheck, text, words } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { renderRoute } from "../../../src/cli/check/explain.ts";
import { Executor } from "../../../src/executor/executor.ts";
import type { Outcome } from "../../../src/outcome/outcome.ts";
import { renderRefusal } from "../../../src/outcome/refusal.ts";
import { createSecretFiles } from "../../../src/run/references/secret-files.ts";
import { createRestriction } from "../../../src/run/routing/restrict.ts";
import { createRouter, type RouterOptions } from "../../../src/run/routing/router.ts";
import type { NativeSwitches } from "../../../src/run/routing/switches.ts";
import { createRunner } from "../../../src/run/run.ts";
import { Shadow } from "../../../src/run/shadow.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { createFolder } from "../../support/folder.ts";
import { stubLog } from "../../support/stub-log.ts";

const SWITCHES: NativeSwitches = {
  mode: "on",
  speaksEnglish: true,
  only: [],
  except: [],
  internalOff: [],
  experimental: [],
};
const SECRET = "s3cret 'a\"; $(id)";
const understood: string[][] = [];

/** Tells its words, after it has understood them. */
const checkTelling = defineCheck({
  name: "check_telling",
  summary: "tells the length of its password",
  options: { password: text("-p, --password=TEXT", "a password"), words: words("WORD", "others") },
  accept: ({ password = "" }) => understood.push([password]) > 0,
  run({ password = "" }, { log }) {
    log(`asked with ${password}`);
    if (password.length > 100) throw new Error(`too long: ${password}`);
    return { returnCode: 0, output: `OK: ${password.length} ${password}` };
  },
});

interface Setting extends Partial<RouterOptions> {
  readonly type?: "service" | "eventhandler" | "notification";
  readonly shadow?: Shadow;
}

/** A worker's way of a command line, with a folder of secrets and real shells. */
async function createWay(setting: Setting = {}) {
  const folder = createFolder();
  const plugin = join(folder.path, "check_echo");
  writeFileSync(
    plugin,
    `#!/bin/sh\nprintf 'got'\nprintf ' <%s>' "$@"\n[ -z "$PW" ] || printf ' %s' "$PW" >&2\n`,
  );
  chmodSync(plugin, 0o755);
  writeFileSync(join(folder.path, "pg"), `${SECRET}\n`);
  const executor = new Executor({ log: stubLog(), warm: 1, idleTimeout: 0 });
  await executor.start();
  const log = stubLog();
  const shelf = createShelf([...BUILTIN_CHECKS, checkTelling]);
  const onDeclined = vi.fn();
  const router = createRouter({
    shelf,
    switches: SWITCHES,
    followsReferences: true,
    identify: (path) =>
      path.startsWith("/p/") ? { kind: "absent", why: "" } : { kind: "replaced", why: "" },
    ...setting,
  });
  const shared = new SharedValues({ log: () => {} });
  const readSecret = createSecretFiles(folder.path);
  const runner = createRunner({
    router,
    executor,
    shared,
    log,
    onDeclined,
    findMarks: shelf.find,
    readSecret,
    ...(setting.shadow && { shadow: setting.shadow }),
  });
  const job = { type: setting.type ?? "service", hostName: "h", serviceDescription: "s" } as const;
  const run = async (commandLine: string) => {
    const followed = await runner({ ...NO_JOB, ...job, commandLine }, 20);
    return { ...followed, said: say(followed.outcome) };
  };
  return {
    folder,
    plugin,
    run,
    log,
    router,
    shelf,
    readSecret,
    onDeclined,
    async [Symbol.asyncDispose]() {
      await executor.stop();
      await shared[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

const NO_JOB = {
  resultQueue: undefined,
  targetQueue: undefined,
  coreTime: undefined,
  timeout: undefined,
  pluginOutput: undefined,
  longPluginOutput: undefined,
  contact: undefined,
};

function say(outcome: Outcome): string {
  if (outcome.kind === "exited") return outcome.stdout + (outcome.stderr && `[${outcome.stderr.trim()}]`);
  if (outcome.kind === "refused") return renderRefusal(outcome.refusal);
  return outcome.kind === "crashed" ? `${outcome.error}` : outcome.kind;
}

describe("a secret is put in on", () => {
  it.each<[way: string, via: string, words: string, said: string]>([
    ["the way of words", "plugin", "-p $SECRET:pg$ x", "got <-p> <***> <x>"],
    ["that in quotes", "plugin", `-p "a$SECRET:pg$" '$SECRET:pg$'`, "got <-p> <a***> <***>"],
    ["the way of a shell", "shell", "-p $SECRET:pg$ x | cat", "got <-p> <***> <x>"],
    ["that in quotes", "shell", `-p "$SECRET:pg$" '$SECRET:pg$'; true`, "got <-p> <***> <***>"],
  ])("%s", async (_, via, given, said) => {
    await using way = await createWay();
    const ran = await way.run(`${way.plugin} ${given}`);
    expect(ran.via).toBe(via);
    expect(ran.said).toBe(said);
  });

  it("a variable of one command, where ps does not show it", async () => {
    await using way = await createWay();
    expect((await way.run(`PW=$SECRET:pg$ ${way.plugin} x`)).said).toBe("got <x>[***]");
    expect((await way.run(`PW="$SECRET:pg$" ${way.plugin} x; true`)).said).toBe("got <x>[***]");
  });

  it("a native check, which reads its words anew", async () => {
    await using way = await createWay();
    const ran = await way.run("/p/check_telling -p $SECRET:pg$");
    expect(ran.via).toBe("native");
    expect(ran.said).toBe(`OK: ${SECRET.length} ***`);
    expect(way.log.debug).toHaveBeenCalledWith({ check: "check_telling" }, "asked with ***");
  });

  it("a command inside a native one", async () => {
    await using way = await createWay();
    const ran = await way.run(`/p/negate ${way.plugin} $SECRET:pg$`);
    expect([ran.via, ran.said]).toEqual(["native", "got <***>\n"]);
  });

  it.each(["eventhandler", "notification"] as const)("the command of a job of type %s", async (type) => {
    await using way = await createWay({ type });
    expect((await way.run(`${way.plugin} $SECRET:pg$`)).said).toBe("got <***>");
  });
});

describe("what a secret holds", () => {
  it("is read for each job", async () => {
    await using way = await createWay();
    const line = "/p/check_telling -p $SECRET:pg$";
    await way.run(line);
    writeFileSync(join(way.folder.path, "pg"), "other1");
    expect((await way.run(line)).said).toBe("OK: 6 ***");
  });

  it("is kept by no analysis: the routes still have the references", async () => {
    await using way = await createWay();
    await way.run("/p/check_telling -p $SECRET:pg$");
    understood.length = 0;
    const route = way.router({ commandLine: "/p/check_telling -p $SECRET:pg$" });
    expect(route).toMatchObject({ argv: ["/p/check_telling", "-p", "$SECRET:pg$"] });
    expect(JSON.stringify(route)).not.toContain("s3cret");
    expect(understood).toEqual([]);
  });

  it("is in no error of a check", async () => {
    await using way = await createWay();
    writeFileSync(join(way.folder.path, "pg"), "s3cret".repeat(20));
    const { outcome, said } = await way.run("/p/check_telling -p $SECRET:pg$");
    expect(said).toBe("Error: too long: ***");
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  });

  it("is in no shadow report", async () => {
    const shadow = new Shadow({ share: 100, log: stubLog(), findMarks: () => undefined });
    await using way = await createWay({ shadow, switches: { ...SWITCHES, mode: "shadow" } });
    const copy = join(way.folder.path, "check_telling");
    writeFileSync(copy, "#!/bin/sh\necho plugin $2\n");
    chmodSync(copy, 0o755);
    const { via, said } = await way.run(`${copy} -p $SECRET:pg$`);
    expect([via, said]).toEqual(["plugin", "plugin ***\n"]);
    await vi.waitFor(() => expect(shadow.report.checks).toHaveProperty("check_telling"));
    const [example] = shadow.report.checks["check_telling"]?.examples ?? [];
    expect(example?.command).toBe(`${copy} -p $SECRET:pg$`);
    expect(example?.native.output).toBe(`OK: ${SECRET.length} ***`);
    await shadow.stop();
  });

  it("may be short, and is not masked then", async () => {
    await using way = await createWay();
    writeFileSync(join(way.folder.path, "pg"), "o");
    expect((await way.run(`${way.plugin} $SECRET:pg$`)).said).toBe("got <o>");
  });
});

describe("UNKNOWN is", () => {
  it.each([
    [
      "a missing one",
      "$SECRET:none$",
      "UNKNOWN - the secret none cannot be put in: secret_dir has no such file",
    ],
    [
      "a name that leads elsewhere",
      "$SECRET:../pg$",
      "UNKNOWN - the secret ../pg cannot be put in: write $SECRET:name$, the name in letters, digits, _, - and .",
    ],
    [
      "a place in a heredoc",
      "<<E\n$SECRET:pg$\nE",
      "UNKNOWN - the secret pg cannot be put in: the line has <<",
    ],
    [
      "a secret that a second shell would read",
      "; sh -c 'echo $SECRET:pg$'",
      "UNKNOWN - the secret pg cannot be put in: sh reads its words a second time, so the secret may have letters, digits and _/.,:@%+=- only",
    ],
  ])("%s", async (_, given, said) => {
    await using way = await createWay();
    const ran = await way.run(`${way.plugin} ${given}`);
    expect([ran.outcome.kind, ran.said]).toEqual(["refused", said]);
  });

  it.each(["$SECRET:pg$ x", "/p/$SECRET:pg$ x", "/p/negate /p/$SECRET:pg$"])(
    "a program: %s",
    async (line) => {
      await using way = await createWay();
      const { outcome, said } = await way.run(line);
      if (line.startsWith("/")) expect(said).toMatch(/it stands where a program is named$/);
      else expect(outcome.kind === "exited" && outcome.returnCode).toBe(127);
    },
  );

  it("but a plain one may be read twice", async () => {
    await using way = await createWay();
    writeFileSync(join(way.folder.path, "pg"), "plain-1");
    expect((await way.run("sh -c 'echo $SECRET:pg$ x'")).said).toBe("*** x\n");
  });
});

describe("restrict_path sees the line as it was sent", () => {
  const restriction = (path: string) =>
    createRestriction({ restrictPath: [path], restrictCommandCharacters: "$&();<>`\"'|", secretDir: "/s" });

  it("so a secret may hold what a line may not", async () => {
    await using way = await createWay({ restrictions: [restriction("/")].flatMap((each) => each ?? []) });
    expect((await way.run(`${way.plugin} -p $SECRET:pg$`)).said).toBe("got <-p> <***>");
    expect((await way.run(`${way.plugin} $SECRET:pg$ $HOME`)).said).toMatch(/forbidden character/);
  });

  it("and a secret leads nowhere else", async () => {
    await using way = await createWay({ restrictions: [restriction("/p")].flatMap((each) => each ?? []) });
    writeFileSync(join(way.folder.path, "pg"), "../bin/sh");
    expect((await way.run("/p/$SECRET:pg$ x")).said).toMatch(/where a program is named$/);
    expect((await way.run("/bin/echo $SECRET:pg$")).said).toMatch(/restricted paths/);
  });
});

it("without secret_dir the text stays as it is", async () => {
  await using way = await createWay({ followsReferences: false });
  expect((await way.run(`${way.plugin} '$SECRET:pg$'`)).said).toBe("got <$SECRET:pg$>");
  expect((await way.run(`${way.plugin} $SECRET:pg$`)).said).toBe("got <:pg$>");
});

it("--explain shows the references and where they lead, and no secret", async () => {
  await using way = await createWay();
  const route = await way.router({ commandLine: `${way.plugin} -p $SECRET:pg$ $SECRET:none$` });
  expect(renderRoute(route, way.shelf, way.readSecret)).toBe(
    [
      "plugin: no native check has this name",
      ...["  started:", `    ${way.plugin}`, "    -p", "    $SECRET:pg$", "    $SECRET:none$"],
      ...["  secret pg: put in when the job runs", "  secret none: secret_dir has no such file", ""],
    ].join("\n"),
  );
});

it("a folder that is gone is a missing secret", async () => {
  await using way = await createWay();
  const read = createSecretFiles(join(way.folder.path, "gone"));
  expect(read("pg")).toEqual({ kind: "missing", why: "secret_dir has no such file" });
  rmSync(join(way.folder.path, "pg"));
  expect((await way.run(`${way.plugin} $SECRET:pg$`)).said).toMatch(/^UNKNOWN - the secret pg cannot/);
});
