import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { VARIABLES } from "../../../plugins/nsclient/options.ts";
import { freePort } from "../../support/free-port.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { Cutter } from "../cutter.ts";
import {
  type Choices,
  compareWithPlugin,
  IS_TO_BE_LEFT,
  RUNS,
  randomLines,
  seldom,
  share,
} from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { NT_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { type Answers, agent, RECORDED } from "./agent.ts";

const servers = new FakeServers();
const report = new FamilyReport("check_nt");

function all(text: string): Answers {
  return Object.fromEntries(Object.values(VARIABLES).map((number) => [number, text]));
}

const TEXTS = [
  ...["0", "", "1", "99.5", "1e3", "-4", "0x10", "99999999999999999999", "&&2&3&", "77&not so good", "-1&x"],
  ...["ERROR", "ERRORS: many", "text\0behind", "caf\xc3\xa9 \xff|x\n", "12.345678&45.5", "9".repeat(9_000)],
  ...[
    "5&7",
    "300&1000000000",
    "0&1",
    "1&0",
    "nan&inf",
    "inf&2147483648",
    "5&inf",
    "3&2&1",
    "255&a&b",
    "42.5\r\n",
  ],
];

/** They hang up, reset, or keep the connection open. */
const AGENTS: readonly Serve[] = [
  agent(RECORDED),
  ...TEXTS.map((text) => agent(all(text))),
  agent(RECORDED, (socket) => socket.resetAndDestroy()),
  (socket) => socket.end(),
];
const STAYING: readonly Serve[] = [
  agent(RECORDED, (socket, text) => void socket.write(text, "latin1")),
  () => {},
];

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);
const COUNTERS = [
  "\\Paging File(_Total)\\% Usage",
  "\\Paging File(_Total)\\% Usage,Paging usage is %.2f %%",
  "\\System\\Threads",
  "\\System\\Threads,threads",
  "\\System\\Threads,threads running,threads",
  "\\System\\Threads,threads,n,0,100",
  "\\System\\Threads,it's,n,a,b",
  "\\System\\Threads,x=%5.1f.,n,1,1e3",
  "\\System\\Threads,a,b,c,d,e,",
];
const LISTS = [
  ...[
    "5,80,90",
    "60,20,95,5,10,20",
    "5,80",
    "5,0,90",
    "20000,1,2",
    "x",
    "5.5,20,30",
    "",
    ",5,,20,30",
    "-5,1,2",
  ],
  ...["c", "C", "z", "cc", "seconds", "hours", "days", "minutes", "Spooler,bad", "bad.exe", "a", "Process"],
];

const OPTIONS: readonly Choices[] = [
  [...given("-v", Object.keys(VARIABLES)), ["--variable=COUNTER"]],
  seldom([...given("-l", LISTS), ...given("--params", COUNTERS)], 2),
  seldom([...given("-w", ["80", "10", "0", "-5", "x", "90:", "1e3"]), ["--warning=50"], ["-wv", "20"]], 4),
  seldom([...given("-c", ["90", "20", "0", "200000", "-1", "5"]), ["--critical=95"], ["-cv", "30"]], 4),
  seldom([...given("-d", ["SHOWALL", "SHOWFAIL", "x"]), ["--display=SHOWALL"]], 6),
  seldom([...given("-s", ["secret", "wrong", ""]), ["--secret=a b"]], 7),
  seldom([["-u"], ["--unknown-timeout"], ["word"]], 8),
];

/** Longer than a busy machine lets a program wait. */
const PAUSE_MS = 1_000;

/** Also left to the plugin when run: it ends with a signal, or prints what is no number. */
const IS_ODD = /because (?:a part of the agent's answer is missing|the agent's numbers have no ratio)$/;

/** A list that begins with a comma has no counter. */
const IS_EMPTY_COUNTER = /COUNTER","(?:-l|--params)",",5/;

async function expectSameAnswers(lines: Iterable<readonly string[]>): Promise<void> {
  const compared = await compareWithPlugin(checkNt, findPlugin("check_nt") ?? "", lines, { report });
  expect(compared.differences).toEqual([]);
  const isExpected = (answer: string) => [IS_TO_BE_LEFT, IS_ODD].some((each) => each.test(answer));
  expect(compared.declined.filter((answer) => !isExpected(answer))).toEqual([]);
  expect(compared.left.filter((line) => !IS_EMPTY_COUNTER.test(line))).toEqual([]);
}

function at(ports: readonly number[]): Choices {
  return ports.flatMap((port) => [
    ["-H", "127.0.0.1", "-p", String(port)],
    ["localhost", `--port=${port}`],
  ]);
}

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  const timeout = 60_000 + 300 * RUNS;
  const ports: number[] = [];
  const staying: number[] = [];
  let nobody = 0;
  beforeAll(async () => {
    nobody = await freePort();
    for (const serve of AGENTS) ports.push(await servers.tcp(serve));
    for (const serve of STAYING) staying.push(await servers.tcp(serve));
  });
  afterAll(async () => {
    report.print();
    await servers[Symbol.asyncDispose]();
  });
  const every = (part: number, ...rows: readonly Choices[]) => randomLines(rows, { count: share(part) });

  it("of the recorded agent", { timeout }, () =>
    expectSameAnswers(every(0.3, at(ports.slice(0, 1)), ...OPTIONS)),
  );

  it("of odd agents", { timeout }, () => expectSameAnswers(every(0.37, at([...ports, nobody]), ...OPTIONS)));

  it("as configurations call it", { timeout }, () => {
    const macros = {
      HOST: ["127.0.0.1", "localhost"],
      PORT: [String(ports[0])],
      DRIVE: ["c", "C", "d"],
      WARN: ["80", "90", "20"],
      CRIT: ["90", "95", "30"],
      PASSWORD: ["secret", "None"],
      NAMES: ["W3SVC", "Spooler,W32Time", "Explorer.exe", "bad"],
      COUNTER: COUNTERS,
    };
    return expectSameAnswers(realLines(NT_FORMS, macros, { count: share(0.3) }));
  });

  it("of agents that keep the connection", { timeout }, () =>
    expectSameAnswers(every(0.02, at(staying), [["-t", "3"]], ...OPTIONS)),
  );

  it("where only the first byte of an answer comes in time", { timeout }, async () => {
    await using cutters = new AsyncDisposableStack();
    const cut = () => ({ length: 1, pauseMs: PAUSE_MS });
    const short = await Promise.all(ports.slice(0, 8).map((port) => Cutter.to(port, cut)));
    const places = short.map((cutter) => cutters.use(cutter).port);
    await expectSameAnswers(every(0.02, at(places), ...OPTIONS));
  });
});
