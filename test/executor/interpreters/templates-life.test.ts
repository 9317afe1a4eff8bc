import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { fixture, openTemplate, runPlain, type Template } from "./template-driver.ts";

const HAS_BOTH = hasServer("perl") && hasServer("python3");

describe.skipIf(!HAS_BOTH).each([["scenes.pl"], ["scenes.py"]])("a template of %s", (file) => {
  checkLeaks();
  let template: Template;
  beforeEach(async () => {
    template = await openTemplate(fixture(file));
    await template.begun();
  });
  afterEach(() => template[Symbol.asyncDispose]());
  const isPerl = file.endsWith("pl");

  it("keeps nothing from one check for the next", async () => {
    const first = await template.run(["state"]);
    expect(first).toMatchObject({ returnCode: 0, stdout: isPerl ? "1 1 new\n" : "1 1 True\n" });
    expect(await template.run(["state"])).toEqual(first);
  });

  it("has another chance for each check", async () => {
    const drawn = await Promise.all(
      Array.from({ length: 5 }, () => template.run([isPerl ? "rand" : "chance"])),
    );
    expect(new Set(drawn.map(({ stdout }) => stdout)).size).toBe(5);
  });

  it("gives bytes as they are", async () => {
    const word = "\xff\xfe\x80";
    const { stdout } = await template.run([isPerl ? "words" : "sent", word]);
    expect(stdout).toContain(isPerl ? `3:${word}` : String.raw`b'\xff\xfe\x80'`);
  });

  it("runs checks at the same time, each a process group", async () => {
    const slow = template.request([isPerl ? "background" : "at_exit"]);
    const pid = Number(await template.hear(slow.id, /^\+/));
    expect(process.kill(-pid, 0)).toBe(true);
    expect((await template.run(["both"])).returnCode).toBe(2);
    expect((await slow.end()).stdout).toContain(isPerl ? "late" : "word");
    expect(template.told.filter((line) => line.startsWith(`${slow.id} `))).toHaveLength(2);
  });

  it("survives a plugin that sends signals to its parent", async () => {
    const scene = isPerl ? "kill-parent" : "kill_parent";
    expect(await template.run([scene])).toMatchObject({ returnCode: 0, stdout: "done\n" });
    expect((await template.run(["both"])).returnCode).toBe(2);
  });

  it("starts no plugin if no process reads its pipes", async () => {
    const request = template.request(["both"], [], { isRead: false });
    await template.hear(request.id, /^137$/);
  });

  it("ends after its last check", async () => {
    const last = template.request([isPerl ? "background" : "at_exit"]);
    await template.hear(last.id, /^\+/);
    template.close();
    expect((await last.end()).stdout).toContain(isPerl ? "late" : "word");
    await template.exited;
  });
});

describe.skipIf(!HAS_BOTH)("Perl alone", () => {
  it("a plugin that signals its process group is alone in it", async () => {
    await using template = await openTemplate(fixture("scenes.pl"));
    expect(await template.run(["kill-group"])).toMatchObject({ returnCode: 0, stdout: "alive\n" });
    expect(await template.run(["group"])).toMatchObject({ stdout: "leader\n" });
  });
});

describe.skipIf(!HAS_BOTH)("Python alone", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "warm-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it.each([0, 1])(
    "what a plugin has written to a file it did not close is there, return code %s",
    async (code) => {
      await using template = await openTemplate(fixture("scenes.py"));
      const path = join(directory, "kept");
      expect(await template.run(["unflushed", path, String(code)])).toMatchObject({ returnCode: code });
      expect(readFileSync(path, "latin1")).toBe("text");
    },
  );

  it("a plugin gets its own virtual environment", async () => {
    const venv = join(directory, "venv");
    expect(spawnSync("python3", ["-m", "venv", "--without-pip", venv]).status).toBe(0);
    const file = install(directory, "check.py", `#!${venv}/bin/python\nimport sys\nprint(sys.prefix)\n`);
    await using template = await openTemplate(file);
    expect(await template.run([])).toMatchObject({ stdout: `${venv}\n` });
  });

  it("a module next to a plugin comes before a standard one", async () => {
    install(directory, "textwrap.py", "print('mine')\n");
    const file = install(directory, "check.py", "#!/usr/bin/python3\nimport textwrap\n");
    await using template = await openTemplate(file);
    expect(await template.run([])).toEqual(runPlain(file, []));
  });

  it("only standard modules are imported before the fork, unless the plugin asks for all", async () => {
    install(directory, "mine.py", "import os\npid = os.getpid()\n");
    const body = "import mine, os\nprint(mine.pid == os.getpid())\n";
    await using plain = await openTemplate(install(directory, "plain.py", `#!/usr/bin/python3\n${body}`));
    expect(await plain.run([])).toMatchObject({ stdout: "True\n" });
    const marked = install(directory, "marked.py", `#!/usr/bin/python3\n# omd-worker: warm\n${body}`);
    await using template = await openTemplate(marked);
    expect(await template.run([])).toMatchObject({ stdout: "False\n" });
  });

  it("threads started by a module are an obstacle", async () => {
    const thread = "threading.Thread(target=time.sleep, args=[9], daemon=True).start()";
    install(directory, "mine.py", `import threading, time\n${thread}\n`);
    await using template = await openTemplate(
      install(directory, "check.py", "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\n"),
    );
    expect(await template.begun()).toBe("- it has threads");
  });

  it("a file next to it with the name of a module that the template needs does not matter", async () => {
    install(directory, "select.py", "word = 'mine'\n");
    const file = install(directory, "check.py", "#!/usr/bin/python3\nimport select\nprint(select.word)\n");
    await using template = await openTemplate(file);
    expect(await template.run([])).toEqual(runPlain(file, []));
  });
});

describe.skipIf(!HAS_BOTH)("a change is noticed within seconds:", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "warm-"));
    for (const name of ["data.pl", "Numbers.pm", "literal.py"])
      copyFileSync(fixture(name), join(directory, name));
    const optional = "my $has; BEGIN { $has = eval { require Optional::Part } } exit 0;";
    install(directory, "optional.pl", `#!/usr/bin/perl\nuse lib '${directory}';\n${optional}\n`);
    const named = "sub load { eval qq(require $_[0]) } BEGIN { load('Optional::Part') } exit 0;";
    install(directory, "named.pl", `#!/usr/bin/perl\nuse lib '${directory}';\n${named}\n`);
    install(directory, "mine.py", "word = 1\n");
    install(directory, "before.py", "#!/usr/bin/python3\nimport textwrap\n");
    install(directory, "maybe.py", "try:\n    import extra\nexcept ImportError:\n    extra = None\n");
    install(directory, "optional.py", "#!/usr/bin/python3\n# omd-worker: warm\nimport maybe\n");
    install(directory, "marked.py", "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it.each([
    ["a plugin in Perl", "data.pl", "data.pl"],
    ["a module of Perl", "data.pl", "Numbers.pm"],
    ["an optional module of Perl that appears", "optional.pl", "Optional/Part.pm"],
    ["an optional module of Perl, by its name", "named.pl", "Optional/Part.pm"],
    ["a module of Perl that is put before another", "data.pl", "strict.pm"],
    ["a plugin in Python", "literal.py", "literal.py"],
    ["a module of Python", "marked.py", "mine.py"],
    ["an optional module of Python that appears", "optional.py", "extra.py"],
    ["a module of Python that is put before another", "before.py", "textwrap.py"],
  ])("%s", async (_, file, changed) => {
    await using template = await openTemplate(join(directory, file));
    expect((await template.run([])).stderr).not.toContain("Error");
    mkdirSync(join(directory, dirname(changed)), { recursive: true });
    writeFileSync(join(directory, changed), "changed", { flag: "a" });
    let isRun = true;
    while (isRun) {
      const request = template.request([]);
      isRun = (await template.hear(request.id, /^(?:\d+|-)$/)) !== "-";
      request.forget();
    }
    const next = template.request([]);
    expect(await template.hear(next.id, /^/)).toBe("-");
    next.forget();
  });
});

function install(directory: string, name: string, contents: string): string {
  const file = join(directory, name);
  writeFileSync(file, contents);
  chmodSync(file, 0o755);
  return file;
}
