import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Refusal, renderRefusal } from "../../../src/outcome/refusal.ts";
import { readCommandLine } from "../../../src/run/routing/command-line.ts";
import { createRestriction } from "../../../src/run/routing/restrict.ts";

const C_CHARACTERS = "$&();<>`\"'|";

function refuse(line: string, restrictPath: readonly string[], restrictCommandCharacters = C_CHARACTERS) {
  const restriction = createRestriction({ restrictPath, restrictCommandCharacters });
  return render(restriction?.(line, readCommandLine(line)));
}

function render(refusal: Refusal | undefined) {
  return refusal && renderRefusal(refusal);
}

it("restricts nothing without a path", () => {
  expect(createRestriction({ restrictPath: [], restrictCommandCharacters: C_CHARACTERS })).toBeUndefined();
});

describe("says the C worker's words in the C worker's order", () => {
  it.each([
    [
      "./t/ok.pl; nasty",
      "ERROR: restricted paths in affect, but command does not start with an absolute path: ./t/ok.p...",
    ],
    [
      "/tmp/x; nasty",
      "ERROR: restricted paths in affect, but command contains forbidden character(s): /tmp/x; ...",
    ],
    ["/forbidden/t/ok.pl", "ERROR: command does not start with any of the restricted paths: /forbidd..."],
    ["/x", "ERROR: command does not start with any of the restricted paths: /x..."],
  ])("%s", (line, text) => {
    expect(refuse(line, ["/tmp/"])).toBe(text);
  });

  it("takes the forbidden characters from the configuration", () => {
    expect(refuse('/tmp/x --test="blah"', ["/tmp/"])).toContain("forbidden character");
    expect(refuse('/tmp/x --test="blah"', ["/tmp/"], "$&();<>`'|")).toBeUndefined();
    expect(refuse("/tmp/x a-b", ["/tmp/"], "-")).toContain("forbidden character");
  });
});

describe("cannot be avoided", () => {
  let root: string;
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "restrict-")));
    for (const directory of ["plugins", "plugins/sub", "pluginsevil", "outside"])
      await mkdir(join(root, directory));
    for (const file of ["plugins/good", "plugins/sub/good", "pluginsevil/bad", "outside/bad"]) {
      await writeFile(join(root, file), "");
    }
    await symlink(join(root, "plugins/good"), join(root, "plugins/to-good"));
    await symlink(join(root, "outside/bad"), join(root, "plugins/to-bad"));
    await symlink(join(root, "outside"), join(root, "plugins/out"));
    await symlink(join(root, "plugins/sub"), join(root, "plugins/deep"));
    await symlink(join(root, "nowhere"), join(root, "plugins/dangling"));
    await symlink(join(root, "plugins"), join(root, "link"));
    await writeFile(join(root, "plugins/urlize"), "");
    await symlink("urlize", join(root, "plugins/check_link"));
  });
  afterAll(() => rm(root, { recursive: true }));

  const ABSOLUTE = "does not start with an absolute path";
  const FORBIDDEN = "contains forbidden character";
  const OUTSIDE = "does not start with any of the restricted paths";

  /** ROOT stands for the directory of the test. Only the directory `plugins` in it is allowed. */
  it.each<[line: string, text: string | undefined, characters?: string]>([
    ["ROOT/plugins/good -w 1 a#b", undefined],
    ["ROOT/plugins/sub/good", undefined],
    ["ROOT/plugins/sub/../good", undefined],
    ["ROOT/plugins/to-good", undefined],
    ["ROOT/plugins/missing", undefined],
    ["ROOT/plugins/dangling", undefined],
    ["ROOT/plugins/good a\\ b", undefined],
    ["ROOT/plugins/check_link http://x/ /bin/sh", "the command that check_link runs is not understood"],
    ["ROOT/plugins/../outside/bad", OUTSIDE],
    ["ROOT/plugins/missing/../../outside/bad", OUTSIDE],
    ["ROOT/plugins/./../plugins/../outside/bad", OUTSIDE],
    ["ROOT/plugins/to-bad", OUTSIDE],
    ["ROOT/plugins/out/bad", OUTSIDE],
    ["ROOT/plugins/out/../outside/bad", OUTSIDE],
    ["ROOT/plugins/deep/../../outside/bad", OUTSIDE],
    ["ROOT/plugins/..", OUTSIDE],
    ["ROOT/pluginsevil/bad", OUTSIDE],
    ["ROOT/outside/bad", OUTSIDE],
    ["ROOT/outside/../plugins/good", OUTSIDE],
    ["ROOT/link/good", OUTSIDE],
    ["/ROOT/plugins/good", OUTSIDE],
    ["/proc/self/rootROOT/plugins/good", OUTSIDE],
    [" ROOT/plugins/good", ABSOLUTE],
    ["\tROOT/plugins/good", ABSOLUTE],
    ["plugins/good", ABSOLUTE],
    ["good", ABSOLUTE],
    ["", ABSOLUTE],
    ["'ROOT/plugins/good'", ABSOLUTE],
    ["LD_PRELOAD=ROOT/outside/bad ROOT/plugins/good", ABSOLUTE],
    ["PATH=ROOT/outside ROOT/plugins/good", ABSOLUTE],
    ["ROOT/plugins/good; ROOT/outside/bad", FORBIDDEN],
    ["ROOT/plugins/good && ROOT/outside/bad", FORBIDDEN],
    ["ROOT/plugins/good | ROOT/outside/bad", FORBIDDEN],
    ["ROOT/plugins/good `id`", FORBIDDEN],
    ["ROOT/plugins/good $(id)", FORBIDDEN],
    ["ROOT/plugins/good > ROOT/file", FORBIDDEN],
    ["ROOT/plugins/good\nROOT/outside/bad", FORBIDDEN],
    ["ROOT/plugins/good 'a\nb'", FORBIDDEN],
    ["ROOT/plugins/good *", FORBIDDEN],
    ["ROOT/plugins/[g]ood", FORBIDDEN],
    ["ROOT/plugins/{good,../outside/bad}", FORBIDDEN],
    ["ROOT/plugins/good ~", FORBIDDEN],
    ["ROOT/plugins/good \\", FORBIDDEN],
    ["ROOT/plugins/good\0", FORBIDDEN],
    ["ROOT/plugins/good; id", FORBIDDEN, "?"],
    ["ROOT/plugins/good && id", FORBIDDEN, "?"],
    ["ROOT/plugins/good\nid", FORBIDDEN, "?"],
    ["ROOT/plugins/good 'a\nb'", FORBIDDEN, "?"],
    ["ROOT/plugins/'../outside/bad'", OUTSIDE, "?"],
    ["ROOT/plugins/.\\./outside/bad", OUTSIDE],
    ["ROOT/plugins/good 'a;b'", undefined, "?"],
    ["ROOT/plugins/good a;b", FORBIDDEN, ""],
  ])("%j", (line, text, characters) => {
    for (const allowed of [`${root}/plugins`, `${root}/plugins/`]) {
      const refusal = refuse(line.replaceAll("ROOT", root), ["/nowhere/", allowed], characters);
      if (text === undefined) expect(refusal).toBeUndefined();
      else expect(refusal).toContain(text);
    }
  });

  it("follows symbolic links of the configured path, too", () => {
    expect(refuse(`${root}/link/good`, [`${root}/link`])).toBeUndefined();
    expect(refuse(`${root}/link/to-bad`, [`${root}/link`])).toContain(OUTSIDE);
    expect(refuse(`${root}/plugins/to-bad`, [`${root}/plugins`, `${root}/outside`])).toBeUndefined();
  });

  it("takes a single file as a path", () => {
    expect(refuse(`${root}/plugins/good a`, [`${root}/plugins/good`])).toBeUndefined();
    expect(refuse(`${root}/plugins/goodness`, [`${root}/plugins/good`])).toContain(OUTSIDE);
  });

  it("looks at the path for every line: a symbolic link may have changed", async () => {
    const restriction = createRestriction({
      restrictPath: [`${root}/plugins`],
      restrictCommandCharacters: "",
    });
    const line = `${root}/plugins/changing`;
    const ask = () => render(restriction?.(line, readCommandLine(line)));
    await symlink(`${root}/plugins/good`, line);
    expect(ask()).toBeUndefined();
    await rm(line);
    await symlink(`${root}/outside/bad`, line);
    expect(ask()).toContain(OUTSIDE);
  });

  it("keeps the bytes of a path", async () => {
    await symlink(Buffer.from(`${root}/outside/bad`), Buffer.from(`${root}/plugins/\xff\xc4`, "latin1"));
    expect(refuse(`${root}/plugins/\xff\xc4`, [`${root}/plugins`])).toContain(OUTSIDE);
  });
});
