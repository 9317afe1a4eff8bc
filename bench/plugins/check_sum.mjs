import { answer, defineCheck, getStatus, perfdata, range, words } from "omd-worker/sdk";

/** A check of the site's: as little work as a check can have. */
export const checkSum = defineCheck({
  name: "check_sum",
  summary: "the sum of some whole numbers",
  options: {
    warning: range("-w, --warning=RANGE", "the sum that is a warning"),
    critical: range("-c, --critical=RANGE", "the sum that is critical"),
    numbers: words("NUMBER…", "what is added up", { min: 1 }),
  },
  run({ warning, critical, numbers }) {
    const sum = numbers.reduce((total, each) => total + Number(each), 0);
    const state = getStatus(sum, { warning, critical });
    return answer({ service: "SUM", state, text: `${sum}`, perfdata: [perfdata("sum", sum, "")] });
  },
});
