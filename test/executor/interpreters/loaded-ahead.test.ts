import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { fixture, openTemplate, runPlain } from "./template-driver.ts";

checkLeaks();
beforeEach(({ skip }) => skip(!hasServer("perl") || !hasServer("python3"), "needs Perl and Python"));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ahead-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(name: string, contents: string): string {
  const file = join(folder, name);
  writeFileSync(file, contents.replaceAll("FOLDER", folder), { mode: 0o755 });
  return file;
}

/** It changes what Monitoring::Plugin::Getopt changes, and more. */
const LATE_PM = `package Late;
use Getopt::Long qw(:config no_ignore_case bundling);
use Data::Dumper; $Data::Dumper::Indent = 1; use POSIX (); POSIX::setlocale(POSIX::LC_ALL(), 'C');
$SIG{ALRM} = sub {}; $SIG{USR1} = 'IGNORE'; $| = 1; $, = '-'; warn "loaded\\n"; 1;`;

interface Case {
  readonly what: string;
  readonly name: string;
  readonly plugin: string;
  readonly module?: readonly [name: string, contents: string];
  readonly words?: readonly string[];
}

const EQUAL: readonly Case[] = [
  {
    what: "Perl, with a plugin that loads a module that changes others",
    name: "check_late.pl",
    plugin: `#!/usr/bin/perl -w
# omd-worker: load=Late
use lib 'FOLDER', '${fixture(".")}'; use Getopt::Long; use Data::Dumper; use POSIX (); use Carp; use State;
require Late; $! = 0; State::show_all(); print rand() == rand() ? "same" : "new"; exit 1;`,
    module: ["Late.pm", LATE_PM],
    words: ["-warning", "5", "--Critical=7"],
  },
  {
    what: "Perl, with END blocks, DATA and caller of the module",
    name: "check_blocks.pl",
    plugin: `#!/usr/bin/perl
# omd-worker: load=Late
use lib 'FOLDER'; END { print "plugin ends $?\\n" }
require Late; print Late::words(), Late->can('import') ? "" : "nothing imported\\n"; exit 2;`,
    module: [
      "Late.pm",
      "package Late; END { print qq(module ends $?\\n) } sub words { my @all = <DATA>; return @all } 1;\n__DATA__\none\ntwo\n",
    ],
  },
  {
    what: "Python, with modules of the standard library",
    name: "check_late.py",
    plugin: `#!/usr/bin/python3
# omd-worker: load=locale,shutil,late
import sys
words = sys.argv
import late, locale, shutil
print(late.__name__, late.__file__, locale.setlocale(locale.LC_ALL), sorted(sys.modules), words[1:])
sys.exit(late.code)`,
    module: ["late.py", "import logging\nlogging.captureWarnings(True)\ncode = 2\n"],
    words: ["-w", "5"],
  },
];

describe.each(EQUAL)("modules loaded ahead, $what", ({ name, plugin, module, words = [] }) => {
  it("leave the plugin's answers as they are", async () => {
    if (module !== undefined) install(...module);
    const file = install(name, plugin);
    runPlain(file, words); // so that what is compiled is in its folder
    await using template = await openTemplate(file);
    expect(await template.begun()).toBe("ready");
    const plain = runPlain(file, words);
    expect(plain.stdout).not.toBe("");
    expect(await template.run(words)).toEqual(plain);
    expect(await template.run(words)).toEqual(plain);
  });
});

it.each([
  ["check_tell.pl", "#!/usr/bin/perl\nMARK\nprint $INC{'Text/Wrap.pm'} ? 'there' : 'not there'; exit 0;"],
  ["check_tell.py", "#!/usr/bin/python3\nMARK\nimport sys\nprint('json' in sys.modules)"],
])("%s: a module is loaded ahead only if it is named", async (name, plugin) => {
  const answers: string[] = [];
  const marks = ["#", "# omd-worker: load=Text::Wrap", "# omd-worker: load=json"];
  for (const [i, mark] of marks.entries()) {
    const file = install(`${i}-${name}`, plugin.replace("MARK", mark));
    await using template = await openTemplate(file);
    const begun = await template.begun();
    answers.push(begun === "ready" ? (await template.run([])).stdout.trim() : begun);
  }
  expect(answers).toEqual(
    name.endsWith(".pl")
      ? [
          "not there",
          "there",
          expect.stringMatching(/^- json cannot be loaded ahead: Can't locate json\.pm in @INC/),
        ]
      : [
          "False",
          expect.stringMatching(/^- Text::Wrap cannot be loaded ahead: ModuleNotFoundError: No module/),
          "True",
        ],
  );
});

it.each([
  [
    "check_bad.pl",
    "#!/usr/bin/perl\n# omd-worker: load=Bad\nuse lib 'FOLDER'; exit 0;",
    "Bad.pm",
    "die qq(one\\ntwo\\n);",
  ],
  [
    "check_bad.py",
    "#!/usr/bin/python3\n# omd-worker: load=bad\nprint(1)",
    "bad.py",
    "raise OSError('one\\ntwo')",
  ],
])("%s: a module that fails leaves the plugin without a template", async (name, plugin, module, contents) => {
  install(module, contents);
  await using template = await openTemplate(install(name, plugin));
  expect(await template.begun()).toMatch(/^- [Bb]ad cannot be loaded ahead: (?:OSError: )?one$/);
});

it.each([
  [
    "check_off.pl",
    "#!/usr/bin/perl\n# omd-worker: load=Off\nuse lib 'FOLDER'; require Off; exit Off::code();",
    "Off.pm",
    "package Off; sub code { CODE } 1;",
  ],
  [
    "check_off.py",
    "#!/usr/bin/python3\n# omd-worker: load=off\nimport sys\nx = len(sys.argv)\nimport off\nsys.exit(off.code)",
    "off.py",
    "code = CODE",
  ],
])("%s: a change of a module that was loaded ahead is noticed", async (name, plugin, module, contents) => {
  install(module, contents.replace("CODE", "1"));
  await using template = await openTemplate(install(name, plugin));
  await template.begun();
  expect((await template.run([])).returnCode).toBe(1);
  install(module, contents.replace("CODE", "2 + 1"));
  for (;;) {
    const { id, forget } = template.request([]);
    const told = await template.hear(id, /^(?:\d+|-)$/);
    forget();
    if (told === "-") return;
  }
});
