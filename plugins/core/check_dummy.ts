import { defineCheck, STATE_NAMES, UNKNOWN } from "../../sdk/index.ts";
import { isState } from "../../sdk/state.ts";

export const checkDummy = defineCheck({
  name: "check_dummy",
  summary: "answers with the state and the text it is given",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },

  /** The plugin has no options. It ignores the words after the text. */
  read([state, text]) {
    if (state === undefined || !/^(?:[0-9]{1,9}|-[1-9][0-9]{0,8})$/.test(state)) return undefined;
    return { state: Number(state), text };
  },

  run({ state, text }) {
    if (!isState(state)) {
      return { returnCode: UNKNOWN, output: `UNKNOWN: Status ${state} is not a supported error state\n` };
    }
    const said = text === undefined ? "" : `: ${text}`;
    return { returnCode: state, output: `${STATE_NAMES[state]}${said}\n` };
  },
});
