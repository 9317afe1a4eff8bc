import {
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  defineCheck,
  RESOLVER,
  STATE_NAMES,
  withinSeconds,
} from "../../sdk/index.ts";
import { createAsk, Ended } from "./agent.ts";
import { NT_OPTIONS, type NtRequest, readNtRequest } from "./options.ts";
import { ANSWERS } from "./variables.ts";

export const checkNt = defineCheck({
  name: "check_nt",
  summary: "a Windows machine, asked through NSClient's own protocol",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: NT_OPTIONS,
  read: readNtRequest,
  target: ({ host }) => host,
  run,
});

async function run(request: NtRequest, context: CheckContext): Promise<CheckOutput> {
  const { timeout, timedOut } = request;
  const { signal } = context;
  const resolver = context.shared(RESOLVER);
  const text = `${STATE_NAMES[timedOut]} - Socket timeout after ${timeout} seconds`;
  const onTimeout = () => new CheckFailure(text, timedOut);
  return withinSeconds({ seconds: timeout, signal, onTimeout }, async (deadline) => {
    try {
      const ask = createAsk(request, { resolver, signal: deadline });
      const { state, text, perfdata } = await ANSWERS[request.variable](request, ask);
      return {
        returnCode: state & 0xff,
        output: `${text}${perfdata === undefined ? "" : ` | ${perfdata}`}\n`,
      };
    } catch (error) {
      if (error instanceof Ended) return { returnCode: error.returnCode, output: error.text };
      throw error;
    }
  });
}
