import { readFileSync } from "node:fs";
import { readZuliprc } from "../../../integrations/zulip/client/zuliprc.ts";
import { readSelfTestCall, type SelfTestCall } from "../../../integrations/zulip/self-test/read-call.ts";
import { runSelfTest } from "../../../integrations/zulip/self-test/self-test.ts";
import type { Step } from "../../../integrations/zulip/self-test/step.ts";
import type { Connection } from "../../../integrations/zulip/settings/connection.ts";
import { createClient, openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { NOTIFIER_TABLE } from "../../../integrations/zulip/settings/table.ts";
import { fromByteString } from "../../byte-string.ts";
import { renderProblem } from "../../config/problem.ts";
import { Secret } from "../../config/secret.ts";
import { errorText } from "../../error-text.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { loadOptions } from "./load-options.ts";

const FAILED = 1;
const WRONG_CALL = 3;

/** Exit codes: 0 all is well, 1 something is not, 3 the call or the configuration is wrong. */
export async function testCommand(words: readonly string[], io: Io): Promise<CommandResult> {
  const call = readSelfTestCall(words);
  if (typeof call === "string") return wrongCall(call);
  const loaded = loadOptions(NOTIFIER_TABLE, call.options, io);
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CALL;
  }
  for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
  const { connection, messages, values } = loaded.config;
  const person = call.person === undefined ? undefined : readPerson(call.person, connection);
  if (typeof person === "string") {
    io.stderr(`${person}\n`);
    return WRONG_CALL;
  }
  const { macros, isJson } = call;
  const steps: Step[] = [];
  const client = openClient(connection, { env: io.env, version: VERSION });
  const asking = askingOf(call, { io, person: person && createClient(person, VERSION) });
  const stream = fromByteString(values.testStream);
  for await (const step of runSelfTest({ client, messages, stream, macros, asking })) {
    steps.push(step);
    if (!isJson) io.stdout(renderStep(step));
  }
  if (isJson) io.stdout(`${JSON.stringify(steps, undefined, 2)}\n`);
  return steps.every(({ isFine }) => isFine) ? 0 : FAILED;
}

/** The login of somebody at the same server. A text says what is wrong with the file. */
function readPerson(path: string, connection: Connection): Connection | string {
  try {
    const { email, key } = readZuliprc(readFileSync(path, "utf8"));
    if (email === undefined || key === undefined) return `--as: ${path} is no zuliprc with email and key`;
    return { ...connection, email, key: { kind: "value", secret: new Secret(Buffer.from(key, "utf8")) } };
  } catch (error) {
    return `--as: ${errorText(error)}`;
  }
}

function askingOf(
  { asksBot, waitSeconds }: SelfTestCall,
  { io, person }: { readonly io: Io; readonly person: ReturnType<typeof createClient> | undefined },
) {
  if (!asksBot) return undefined;
  return { person, waitMs: waitSeconds * 1_000, onWait: (what: string) => io.stderr(`${what}\n`) };
}

const INDENT = " ".repeat("✓ ".length + "arrived ".length);

function renderStep({ step, isFine, text, advice }: Step): string {
  const line = `${isFine ? "✓" : "✗"} ${step.padEnd("arrived".length)} ${text.replaceAll("\n", `\n${INDENT}`)}\n`;
  return advice === undefined ? line : `${line}${INDENT}→ ${advice}\n`;
}
