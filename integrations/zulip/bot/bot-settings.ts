import type { Language } from "../notify/texts.ts";
import type { PermissionRule } from "./permissions.ts";

/** What the operator decides. */
export interface BotSettings {
  readonly rules: readonly PermissionRule[];
  readonly language: Language;
  /** Answers say it if there is one. */
  readonly stage: string | undefined;
  /** What was asked for longer ago is not done any more. */
  readonly maxAgeSeconds: number;
  /** How old it may be what is known of people. */
  readonly peopleMaxAgeSeconds: number;
  /** Addresses or numbers of other users whose buttons are believed. */
  readonly alertUsers: readonly string[];
}
