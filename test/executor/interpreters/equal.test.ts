import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { fixture, openTemplate, runPlain } from "./template-driver.ts";

checkLeaks();
const HAS_BOTH = hasServer("perl") && hasServer("python3");

const FIXTURES = fixture(".");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(name: string, contents: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents, { mode: 0o755 });
  return file;
}

const MONITORING_PLUGIN = {
  "Monitoring/Plugin.pm": "package Monitoring::Plugin; sub new { require Monitoring::Plugin::Getopt } 1;",
  "Monitoring/Plugin/Getopt.pm": `package Monitoring::Plugin::Getopt;
use Getopt::Long qw(:config no_ignore_case bundling);
use Data::Dumper; $Data::Dumper::Indent = 1; use POSIX (); POSIX::setlocale(POSIX::LC_ALL(), 'C');
$SIG{ALRM} = sub {}; srand 1; 1;`,
};

interface Case {
  readonly what: string;
  readonly plugin: string;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  /** Why no template takes it: then it is executed, so equal. */
  readonly refusal?: string;
}

const PERL: readonly Case[] = [
  {
    what: "the state of modules beside Monitoring::Plugin, which loads others when it is used",
    plugin: `#!/usr/bin/perl -w -IFOLDER -I/nowhere
use Getopt::Long; use Data::Dumper; use POSIX (); use Carp; use Monitoring::Plugin;
use lib '${FIXTURES}'; use State; State::show_all(); exit 0;`,
    files: MONITORING_PLUGIN,
    words: ["-warning", "5", "-critical", "7"],
  },
  {
    what: "the state of Perl, with handlers and variables set while it is compiled",
    plugin: `#!/usr/bin/perl
use lib '${FIXTURES}'; use State; use Getopt::Long; use Data::Dumper; use POSIX ();
BEGIN { $SIG{TERM} = 'IGNORE'; $SIG{CHLD} = 'IGNORE'; $SIG{USR1} = sub { }; $/ = undef; $, = '-'; $\\ = "."; $| = 1; $" = '+'; $; = ';' }
State::show_all(); exit 0;`,
  },
  { what: "lexical and global warnings", plugin: '#!/usr/bin/perl -W\nmy $x; print "a$x\\n"; exit 1;\n' },
  {
    what: "-C for all handles",
    plugin:
      '#!/usr/bin/perl -CSDA\nuse utf8;\nmy $x = 1; my $x = "\u00e4$ARGV[0]"; print $x, length $x, "\\n", map { "$_ " } PerlIO::get_layers(STDERR); exit 1;\n',
    words: ["\xc3\xb6"],
  },
  {
    what: "-C and -w with a warning while it is compiled",
    plugin: '#!/usr/bin/perl -w -CSD\nmy $x = 1; my $x = 2; print "$x\\n"; exit 1;\n',
  },
  { what: "a negative return code", plugin: '#!/usr/bin/perl -w\nuse strict; print "x\\n"; exit -1;\n' },
  {
    what: "return codes with operators",
    plugin: "#!/usr/bin/perl -w\nmy %c = (a => 1); exit $c{a} ? 2 : 3;\n",
  },
  {
    what: "a return code by name",
    plugin: "#!/usr/bin/perl -w\nuse constant WARNING => 1; exit WARNING or print 'no';\n",
  },
  {
    what: "exit after exec",
    plugin:
      "#!/usr/bin/perl -w\nuse strict;\nif (@ARGV) { exec '/bin/false'; exit 3 }\nexec '/bin/nonexistent'; exit 2;\n",
  },
  { what: "exit of nothing", plugin: "#!/usr/bin/perl -w\nuse strict; my $nothing; exit $nothing;\n" },
  { what: "exit of text", plugin: '#!/usr/bin/perl -w\nuse strict; exit "critical";\n' },
  { what: "CORE::exit", plugin: '#!/usr/bin/perl -w\nprint "done\\n"; CORE::exit(0);\n' },
  {
    what: "exit by name",
    plugin: '#!/usr/bin/perl\nuse subs "exit"; sub exit { print "mine\\n"; CORE::exit(0) } exit 1;\n',
  },
  {
    what: "its own exit for all",
    plugin:
      '#!/usr/bin/perl\nBEGIN { *CORE::GLOBAL::exit = sub { print "mine @_\\n"; CORE::exit(0) } } exit 1;\n',
  },
  { what: "no exit", plugin: '#!/usr/bin/perl\nprint "fell off\\n"; END { print "end $?\\n" }\n' },
  {
    what: "an exit that is asked for",
    plugin:
      '#!/usr/bin/perl\nprint defined &CORE::GLOBAL::exit ? "over" : "plain", prototype("CORE::exit"), "\\n";\n',
  },
  { what: "words after exit", plugin: "#!/usr/bin/perl -w\nprint 'x'; exit (1) + 1;\n" },
  {
    what: "an alarm set while it is compiled",
    plugin:
      '#!/usr/bin/perl\nBEGIN { alarm 1 } $| = 1; print "waits\\n"; sleep 5; print "too late\\n"; exit 0;\n',
  },
  {
    what: "more output than a pipe holds while it is compiled",
    plugin: '#!/usr/bin/perl\nBEGIN { print "x" x 200_000 } exit 0;\n',
    refusal: "it prints while it is compiled",
  },
  {
    what: "more warnings than a pipe holds while it is compiled",
    plugin: '#!/usr/bin/perl\nBEGIN { warn "x" x 2000, "\\n" for 1 .. 100 } exit 0;\n',
    refusal: "it warns without end while it is compiled",
  },
  {
    what: "a seed of its own",
    plugin: '#!/usr/bin/perl\nBEGIN { srand 42 } print int rand 1000000, "\\n"; exit 0;\n',
    refusal: "it chooses its random numbers while it is compiled",
  },
  {
    what: "a directory opened while it is compiled",
    plugin:
      '#!/usr/bin/perl\nmy $d; BEGIN { opendir $d, "FOLDER" } print scalar(grep { /check/ } readdir $d), "\\n"; exit 0;\n',
    refusal: "it keeps a file open that it has opened while it was compiled",
  },
  {
    what: "a process started while it is compiled",
    plugin:
      '#!/usr/bin/perl\nmy $p; BEGIN { $p = fork // die; if (!$p) { exec "/bin/sh", "-c", "exit 3" } } waitpid $p, 0; print $? >> 8, "\\n"; exit 0;\n',
    refusal: "it has started other processes while it was compiled",
  },
];

describe.skipIf(!HAS_BOTH).each(PERL)(
  "warm as executed, Perl: $what",
  ({ plugin, files = {}, words = [], refusal }) => {
    it("twice", async () => {
      for (const [name, text] of Object.entries(files)) install(name, text);
      const file = install("check_it.pl", plugin.replaceAll("FOLDER", folder));
      await using template = await openTemplate(file);
      expect(await template.begun()).toBe(refusal === undefined ? "ready" : `- ${refusal}`);
      if (refusal !== undefined) return;
      const plain = runPlain(file, words);
      expect(await template.run(words)).toEqual(plain);
      expect(await template.run(words)).toEqual(plain);
    });
  },
);

const NOISY: readonly [what: string, module: string, refusal: string][] = [
  ["prints", "print('loaded')\n", "it prints while it is imported"],
  ["prints more than a pipe holds", "print('x' * 200_000)\n", "it prints while it is imported"],
  ["warns", "import warnings\nwarnings.warn('old')\n", "it prints while it is imported"],
  [
    "fails and says so",
    "import sys\nprint('no', file=sys.stderr)\n1 / 0\n",
    "it prints while it is imported",
  ],
  ["redirects stdout", "import os\nos.dup2(2, 1)\n", "it redirects its output while it is imported"],
];

const PYTHON: readonly Case[] = [
  ...NOISY.map(([what, module, refusal]) => ({
    what: `a module that ${what}`,
    plugin: "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\nprint('done')\n",
    files: { "mine.py": module },
    refusal,
  })),
  {
    what: "sys.path is changed before an import",
    plugin:
      "#!/usr/bin/python3\nimport sys\nsys.path.insert(0, 'FOLDER/vendored')\nimport textwrap\nprint(textwrap.word)\n",
    files: { "vendored/textwrap.py": "word = 'mine'\n" },
  },
  {
    what: "the same in a plugin with the comment",
    plugin:
      "#!/usr/bin/python3\n# omd-worker: warm\nimport sys\nsys.path.insert(0, 'FOLDER/vendored')\nimport mine\nprint(mine.word)\n",
    files: { "vendored/mine.py": "word = 'vendored'\n", "mine.py": "word = 'beside'\nprint('loaded')\n" },
  },
  {
    what: "a module outside the standard library changes sys.path",
    plugin: "#!/usr/bin/python3\nimport site_settings\nimport textwrap\nprint(textwrap.word)\n",
    files: {
      "site_settings.py": "import sys\nsys.path.insert(0, 'FOLDER/vendored')\n",
      "vendored/textwrap.py": "word = 'mine'\n",
    },
  },
  {
    what: "an import after the plugin may have ended",
    plugin:
      "#!/usr/bin/python3\nimport sys\nif len(sys.argv) < 2:\n    print(sorted(sys.modules))\n    sys.exit(3)\nimport csv\n",
  },
  {
    what: "an import in a class, a function and a branch",
    plugin:
      "#!/usr/bin/python3\nclass Plugin:\n    import csv\ndef run():\n    import json\nimport sys\nprint(sorted(sys.modules))\n",
  },
  {
    what: "handlers a module sets",
    plugin:
      "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\nimport signal, os\nprint([signal.getsignal(n) is mine.handle for n in (1, 2, 15, 17)])\nos.kill(os.getpid(), 15)\nos.kill(os.getpid(), 1)\n",
    files: {
      "mine.py":
        "import signal\ndef handle(number, frame):\n    print('got', number)\nfor number in (1, 2, 15, 17):\n    signal.signal(number, handle)\n",
    },
  },
  {
    what: "an alarm a module sets",
    plugin:
      "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\nimport time\nprint('waits', flush=True)\ntime.sleep(5)\n",
    files: { "mine.py": "import signal\nsignal.alarm(1)\n" },
  },
  {
    what: "a directory a module opens",
    plugin: "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\nprint(len(list(mine.entries)))\n",
    files: { "mine.py": "import os\nentries = os.scandir('FOLDER')\n" },
    refusal: "it keeps a file open that it has opened while it was imported",
  },
  {
    what: "a process a module starts",
    plugin: "#!/usr/bin/python3\n# omd-worker: warm\nimport mine\nprint(mine.process.wait())\n",
    files: { "mine.py": "import subprocess\nprocess = subprocess.Popen(['sh', '-c', 'exit 3'])\n" },
    refusal: "it has started other processes while it was imported",
  },
  {
    what: "without site, a variable for the check",
    plugin: "#!/usr/bin/python3 -S\nimport os, sys\nprint(sorted(sys.modules), os.environ['PATH'])\n",
  },
  {
    what: "backslashes",
    plugin: "#!/usr/bin/python3\nimport sys\nprint(sys.argv[1:])\n",
    words: ["\\", "\\\\", "\\t\\\\n", "\t\\", "\r\n\\r"],
  },
  {
    what: "warnings, as errors too",
    plugin:
      "#!/usr/bin/python3 -Werror\nimport sys, json\nprint('warnings' in sys.modules)\nimport warnings\nprint(warnings.filters)\nimport imp\n",
  },
  {
    what: "a time since logging was loaded",
    plugin:
      "#!/usr/bin/python3\nimport logging\nimport time\nprint(time.time() - logging._startTime < 0.9)\n",
  },
];

describe.skipIf(!HAS_BOTH).each(PYTHON)(
  "warm as executed, Python: $what",
  ({ plugin, files = {}, words = [], refusal }) => {
    it("twice", async () => {
      for (const [name, text] of Object.entries(files)) install(name, text.replaceAll("FOLDER", folder));
      const file = install("check_it.py", plugin.replaceAll("FOLDER", folder));
      runPlain(file, words); // so that what is compiled is in its folder
      await using template = await openTemplate(file);
      expect(await template.begun()).toBe(refusal === undefined ? "ready" : `- ${refusal}`);
      if (refusal !== undefined) return;
      if (plugin.includes("time.time()")) await pause(1000);
      const plain = runPlain(file, words);
      expect(await template.run(words)).toEqual(plain);
      expect(await template.run(words)).toEqual(plain);
    });
  },
);
