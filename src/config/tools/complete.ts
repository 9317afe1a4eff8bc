import { error, type Remark } from "../problem.ts";
import type { Draft } from "../read/draft.ts";
import type { Secret } from "../secret.ts";
import type { CompletionContext } from "../table.ts";
import type { ValuesOf } from "../values.ts";
import { findDupserverKey, findKey } from "../worker/key.ts";
import type { WHERE_OPTIONS } from "./send-options.ts";

type Where = ValuesOf<(typeof WHERE_OPTIONS)[number]>;

/** What a tool that sends results needs besides the values of its options. */
export interface Sealing {
  readonly encryption: boolean;
  readonly key: Secret | undefined;
  readonly dupserverKey: Secret | undefined;
}

/** As in the C worker's tools there is encryption if there is a key, unless `encryption` says otherwise. */
export function findSealing(given: Where, draft: Draft, context: CompletionContext): Sealing {
  const hasKey = given.key !== undefined || given.keyfile !== undefined;
  const encryption = draft.values.has("encryption") ? given.encryption : hasKey;
  return requireKey({ ...given, encryption }, draft, context);
}

/** There is encryption, and so a key, unless `encryption` says otherwise. */
export function requireKey(
  given: Where,
  { failed, origins }: Draft,
  { machine, report }: CompletionContext,
): Sealing {
  const { encryption } = given;
  const isUnclear = ["encryption", "key", "keyfile"].some((name) => failed.has(name));
  const reportAt = (option: string) => (remark: Remark) =>
    report({ ...remark, ...origins.get(option)?.at(-1) });
  const key = findKey({ ...given, isUnclear }, machine, reportAt("keyfile"));
  const dupserverKey = findDupserverKey(given, { machine, report: reportAt("dupserver_keyfile") });
  return { encryption, key, dupserverKey };
}

export function requireServer({ server }: Where, { failed }: Draft, { report }: CompletionContext): void {
  if (server.length > 0 || failed.has("server")) return;
  report(error("please specify at least one server", "--server=localhost:4730"));
}
