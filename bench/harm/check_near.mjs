import { defineCheck } from "omd-worker/sdk";

/** A check in the folder of one that harms. */
export const checkNear = defineCheck({
  name: "check_near",
  summary: "stands near check_harm",
  options: {},
  run: () => ({ returnCode: 0, output: "near" }),
});
