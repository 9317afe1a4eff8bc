/** A site's file `check_x.ts`. Its check does what its first word says. */
export const SITE_CHECK = `
import { execFileSync } from "node:child_process";
import { CheckDeclined, CheckFailure, defineCheck, RESOLVER, words } from "omd-worker/sdk";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const COUNTER = { name: "counter", create: () => ({ count: 0, [Symbol.dispose]() {} }) };
const FULL = { name: "full", create: ({ warn }) => (warn("the counter is full"), { [Symbol.dispose]() {} }) };
const kept: unknown[] = [];

export const check = defineCheck({
  name: "check_x",
  summary: "what its first word says",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: { words: words("WORD…", "what to do") },
  accept: ({ words: [what] }) => {
    if (what === "loop-reading") for (;;);
    return what !== "unknown";
  },
  keepsState: ({ words: [what] }) => what === "rate",
  command: ({ words: [what, ...rest] }) =>
    what === "command" || what === "command-late"
      ? { words: rest, environment: [] }
      : { words: ["/bin/true"], environment: [] },
  async run({ words: [what = "", more = ""] }, context) {
    switch (what) {
      case "exit": process.exit(2);
      case "exit-late": await sleep(20); process.exit(2);
      case "throw": setTimeout(() => { throw new Error("in a callback"); }, 5); await sleep(1e6); break;
      case "reject": void Promise.reject(new Error("of a promise")); await sleep(1e6); break;
      case "loop": for (;;);
      case "loop-late": await sleep(20); for (;;);
      case "child": await sleep(20); execFileSync("sleep", ["1000"]); break;
      case "eat": for (;;) kept.push({ kept: [kept.length] });
      case "eat-buffers": for (;;) kept.push(Buffer.alloc(100_000, 1));
      case "eat-late":
        for (;;) {
          await sleep(1);
          for (let at = 0; at < 20_000; at += 1) kept.push({ kept: [at] });
        }
      case "wait":
      case "rate": await sleep(Number(more)); break;
      case "hang": context.log("it hangs"); await new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(new Error("aborted")))); break;
      case "kill": process.kill(process.pid, "SIGKILL"); break;
      case "abort": process.abort();
      case "chdir": process.chdir("/"); break;
      case "print": console.log("printed"); break;
      case "fail": throw new CheckFailure("no luck", 1);
      case "decline": throw new CheckDeclined("no socket", { otherwise: new CheckFailure("own words", 2) });
      case "fault": throw new TypeError("a fault");
      case "log": context.log("a line"); break;
      case "warn": context.shared(FULL); break;
      case "count": return { returnCode: 0, output: String((context.shared(COUNTER).count += 1)) };
      case "command": return { returnCode: 0, output: (await context.execute({ timeoutMs: 1e4 })).stdout };
      case "command-late": { const { stdout } = await context.execute({ timeoutMs: 1e4 }); await sleep(300); return { returnCode: 0, output: stdout }; }
      case "resolve": return { returnCode: 0, output: (await context.shared(RESOLVER).resolve(more, 4, context.signal))[0].address };
      case "nothing": return undefined as never;
      case "function": return { returnCode: 0, output: () => {} } as never;
    }
    return { returnCode: 0, output: "OK " + what };
  },
});
`;
