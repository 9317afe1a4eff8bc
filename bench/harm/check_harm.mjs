import { defineCheck, oneOf } from "omd-worker/sdk";

const kept = [];
const HARM = {
  none: () => {},
  exit: () => process.exit(2),
  loop: () => {
    for (;;);
  },
  memory: () => {
    for (;;) kept.push(Buffer.alloc(1_000_000, 1));
  },
};

/** A check of the site's that does what no check should do. */
export const checkHarm = defineCheck({
  name: "check_harm",
  summary: "harms its thread",
  options: {
    harm: oneOf({ "--none": "none", "--exit": "exit", "--loop": "loop", "--memory": "memory" }, "how"),
  },
  run({ harm = "none" }) {
    HARM[harm]();
    return { returnCode: 0, output: "no harm" };
  },
});
