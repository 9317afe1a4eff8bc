import { type Choices, seldom } from "../differential.ts";

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const QUERIES = [
  ...[
    "up",
    "1",
    "scalar(count(up))",
    "count(up)",
    "up[1m]",
    "up{a='b'}",
    'up{job="prometheus"}',
    "vector(1/0)",
  ],
  ...[
    "vector(0/0)",
    "-vector(1/0)",
    "vector(1e21)",
    "vector(0.000001234)",
    "123456789.5",
    "up{",
    "",
    '"text"',
  ],
  ...[
    "sum(up) by (job)",
    "vector(1) + on() vector(-3.25)",
    'label_replace(up, "x", "a\\"b", "", "")',
    "up > 5",
  ],
  ...["prometheus_build_info", "-1.5", "up offset 1d"],
];

/** Command lines for a server at this address, and for a port where nobody listens. */
export function prometheusLines(address: readonly string[], nobody: number): readonly Choices[] {
  const here = [...address, "-w", "1"].slice(0, 2);
  const places: Choices = [here, here, here, here, here, ["--address", `http://127.0.0.1:${nobody}`]];
  const slashed = ["-address", `${address[1]}/`];
  return [
    seldom([["-t", "20"], ["--timeout=15"], ["-f", "60"], ["-t", "x"], ["-f", "0"]], 9),
    [["mode"], ["m"]],
    [...Array.from({ length: 30 }, () => ["query"]), ["q"], ["ping"], ["p"], ["targets_health"], ["nothing"]],
    [...places, slashed, ["--address", `${address[1]}/other`]],
    seldom(
      QUERIES.map((query) => ["-q", query]),
      1,
    ),
    seldom(given("-w", ["0", "1", "1:", "~:0", "@0:1", "5:1", "x", "-5", "0.5:2", " 1 "]), 8),
    seldom([...given("-c", ["0", "1:", "~:5", "@2:3", "1.5"]), ["-c=-1:"]], 6),
    seldom(given("-a", ["alias", "{{.job}} {{.xvalue}}, ", "{{.none}}", "{{.}}", "a b"]), 7),
    seldom(
      [
        ["--search", '.*instance="(.*?)".*', "--replace", "$1"],
        ["--search", "job", "--replace", "x"],
        ["--search", ".*", "--replace", "all"],
        ["--search", "[a-z]*", "--replace", "<$0>"],
        ["--search", "(", "--replace", "x"],
      ],
      7,
    ),
    seldom(
      [
        ["--eqm", "none"],
        ["-eqs", "OK"],
        ["--eqs", "critical", "--eqm=nothing here"],
        ["--eqs", "odd"],
      ],
      6,
    ),
    seldom([["-l", "job"], ["-x"], ["word"], ["--cookie", "a=b"]], 9.5),
  ];
}
