import { describe, expect, it } from "vitest";
import { defineCheck, text, words } from "../../sdk/index.ts";
import { exchange, normalise, readTranscripts, replay, type Transcript } from "./oracle.ts";

/** A check that answers with its words and a time. */
const echo = defineCheck({
  name: "check_echo",
  summary: "for this test",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: { port: text("-p, --port=PORT", "port", { required: true }), words: words("TEXT", "text") },
  run: ({ port, words: [said = ""] }) => ({ returnCode: 0, output: `${said} port ${port}|time=0.5s\n` }),
});

const recorded: Transcript = {
  file: "check_echo",
  seq: 1,
  plugin: "check_echo",
  args: ["-p", "17001", "hello"],
  category: "ok",
  exit: 0,
  stdout: "hello port 17001|time=0.5s\n",
  stderr: "",
};

describe("a replay", () => {
  const places = { 17001: "23456" };
  const replayed = (...transcripts: readonly Partial<Transcript>[]) =>
    replay(
      echo,
      { places },
      transcripts.map((each) => ({ ...recorded, ...each })),
    );

  it("counts equal answers, with the recording's places", async () => {
    expect(await replayed({}, { stdout: "hello port 17001|time=0.5s" })).toEqual({
      counts: { equal: 2, executed: 0, different: 0 },
      executed: {},
      differences: [],
    });
  });

  it("counts what is left to the plugin by its category", async () => {
    expect(
      await replayed({}, { args: [], category: "badargs" }, { args: ["-x"], category: "badargs" }),
    ).toEqual({
      counts: { equal: 1, executed: 2, different: 0 },
      executed: { badargs: 2 },
      differences: [],
    });
  });

  it.each<Partial<Transcript>>([
    { exit: 1 },
    { exit: null },
    { stdout: "hello port 17002|time=0.5s\n" },
    { stdout: "hello port 23457|time=0.5s\n" },
    { stdout: "hello port 17001|time=0.5s\n\n" },
    { stderr: "words" },
  ])("sees a difference: %j", async (change) => {
    const { counts, differences } = await replayed(change);
    expect(counts.different).toBe(1);
    expect(differences).toEqual([expect.stringContaining('check_echo 1: check_echo "-p" "17001" "hello"\n')]);
  });

  it("takes an error of the check for a difference", async () => {
    const faulty = defineCheck({
      name: "check_echo",
      summary: "",
      read: () => ({}),
      run: () => Promise.reject(new Error("a fault")),
    });
    const { differences } = await replay(faulty, {}, [recorded]);
    expect(differences).toEqual([expect.stringContaining("a fault")]);
  });
});

describe("normalising", () => {
  it.each([
    [
      "0.002 second response|time=0.001946s;;;0.000000;10.000000\n",
      "N.NNN second response|time=N.NNNNNNs;;;0.000000;10.000000",
    ],
    ["database (0.172565 sec.)|time=0.172565s;2.000000", "database (N.NNNNNN sec.)|time=N.NNNNNNs;2.000000"],
    ["rta 0.018ms|rta=0.018ms;200.000; rtmax=1.041ms", "rta N.NNNms|rta=N.NNNms;200.000; rtmax=N.NNNms"],
    ["RTA = 0.04 ms|rta=0.039000ms;100.000000", "RTA = N.NN ms|rta=N.NNNNNNms;100.000000"],
    ["pkt=1;;;0;5 rta=0.021;1000.000", "pkt=1;;;0;5 rta=N.NNN;1000.000"],
    ["expires in 3649 day(s) (Thu Nov 20 06:56:05 2036 +0000).", "expires in N day(s) (DATE)."],
    ["SSH OK - OpenSSH_9.2p1 Debian-2+deb12u10 (protocol 2.0)", "SSH OK - OpenSSH_VERSION (protocol 2.0)"],
    ["check_x: bad\nUsage:\ncheck_x …\n", "check_x: bad\nUSAGE"],
    ["one\n\n", "one\n"],
  ])("%j", (given, normal) => {
    expect(normalise(given)).toBe(normal);
  });

  it("applies a plugin's own rules too", () => {
    expect(normalise("load 1.25", [[/load \d\.\d\d/g, "load N"]])).toBe("load N");
  });
});

it("exchanges places in one pass, and no part of a longer number", () => {
  const places = { 17001: "17002", 17002: "17001", "/srv/oracle": "/tmp", "/srv/oracle/key": "/tmp/k" };
  const text = "17001 17002 170011 117001 -p17001 /srv/oracle/key /srv/oracle/state";
  expect(exchange(text, places)).toBe("17002 17001 170011 117001 -p17002 /tmp/k /tmp/state");
});

it("reads a plugin's transcripts over all files", () => {
  const transcripts = readTranscripts("check_nrpe");
  expect(new Set(transcripts.map(({ file }) => file))).toEqual(
    new Set(["check_nrpe", "check_nrpe_snclient"]),
  );
  expect(transcripts).toHaveLength(74);
});
