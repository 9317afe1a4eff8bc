import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineCheck } from "../../../sdk/define-check.ts";
import { fromByteString } from "../../byte-string.ts";
import { VERSION } from "../version.ts";

/**
 * `omd-worker notify zulip`, answered by the worker that has the notification as a job. In a storm of alerts
 * the core gives it hundreds within seconds, and each start of the program takes some 50 ms of CPU.
 */
export const NOTIFY_CHECK = defineCheck({
  name: "omd-worker",
  summary: "keeps a notification for zulip-notifier (omd-worker notify zulip)",
  replaces: {
    suite: "omd-worker",
    versions: [VERSION],
    folder: realpathSync(fileURLToPath(new URL("..", import.meta.url))),
  },
  keepsState: () => true,
  read: ([command, messenger, ...words]) =>
    command === "notify" && messenger === "zulip" && !words.includes("--now") ? words : undefined,
  run: async (words) => {
    const { keepForCore } = await import("./keep-for-core.ts");
    const { code, complaint } = await keepForCore(words.map(fromByteString), { env: process.env });
    return { returnCode: code, output: "", stderr: complaint };
  },
});
