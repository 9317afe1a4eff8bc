import type { ByteString } from "../byte-string.ts";

/** Why a command was not started. `rule` names the rule that forbade it. */
export type Refusal =
  /** restrict_path is set, and the command line does not begin with an absolute path. */
  | { readonly rule: "no-absolute-path"; readonly commandLine: ByteString }
  /** restrict_path is set, and the command line has a forbidden character, or needs a shell. */
  | { readonly rule: "forbidden-character"; readonly commandLine: ByteString }
  /** The command is not in one of the directories of restrict_path. */
  | { readonly rule: "outside-restrict-path"; readonly commandLine: ByteString }
  /** restrict_mode is strict, and the command line is more than a program and its arguments. */
  | { readonly rule: "not-plain"; readonly commandLine: ByteString }
  /** restrict_mode is strict, and no line of restrict_allow has these words. */
  | { readonly rule: "not-allowed"; readonly commandLine: ByteString; readonly nearest?: NearestRule }
  /** The same for event handlers, by eventhandler_allow. */
  | { readonly rule: "handler-not-allowed"; readonly commandLine: ByteString; readonly nearest?: NearestRule }
  /** eventhandler_rate allows no more runs of it now. `rate` is as it is written. */
  | { readonly rule: "handler-too-often"; readonly handler: string; readonly rate: ByteString }
  /** eventhandler_dry_run names the event handler. */
  | { readonly rule: "handler-dry-run"; readonly handler: string }
  /** Commands are restricted, and it is not known which command the program `wrapper` would run. */
  | { readonly rule: "hidden-command"; readonly wrapper: ByteString; readonly commandLine: ByteString }
  /** No argument of a program can hold a NUL byte. */
  | { readonly rule: "nul-byte" }
  /** A reference `$SECRET:name$` cannot be followed. `why` says nothing of the secret itself. */
  | { readonly rule: "no-secret"; readonly name: string; readonly why: string }
  /** A native check does not understand every word, and there is no plugin that could answer. */
  | { readonly rule: "not-understood"; readonly check: string }
  /** A native check declined at run time, and the plugin that it left the answer to does not exist. */
  | {
      readonly rule: "no-plugin";
      readonly check: string;
      readonly declined: string;
      readonly path: ByteString | undefined;
    };

/** A line of restrict_allow or eventhandler_allow: nearly the command, and the first word that differs. */
export interface NearestRule {
  readonly pattern: ByteString;
  /** 1 is the program. */
  readonly word: number;
}

const RULES: Readonly<Record<Refusal["rule"], true>> = {
  "no-absolute-path": true,
  "forbidden-character": true,
  "outside-restrict-path": true,
  "not-plain": true,
  "not-allowed": true,
  "handler-not-allowed": true,
  "handler-too-often": true,
  "handler-dry-run": true,
  "hidden-command": true,
  "nul-byte": true,
  "no-secret": true,
  "not-understood": true,
  "no-plugin": true,
};

export const REFUSAL_RULES: readonly string[] = Object.keys(RULES);

/** The C worker's users filter for its three texts; they show no more of a command line than its start. */
const SHOWN_LENGTH = 8;

/** What the core, the log and `omd-worker check --explain` say about a refusal. */
export function renderRefusal(refusal: Refusal): ByteString {
  switch (refusal.rule) {
    case "no-absolute-path":
      return `ERROR: restricted paths in affect, but command does not start with an absolute path: ${startOf(refusal)}`;
    case "forbidden-character":
      return `ERROR: restricted paths in affect, but command contains forbidden character(s): ${startOf(refusal)}`;
    case "outside-restrict-path":
      return `ERROR: command does not start with any of the restricted paths: ${startOf(refusal)}`;
    case "not-plain":
      return `ERROR: restrict_mode is strict, but the command is more than a program and its arguments: ${startOf(refusal)}`;
    case "not-allowed":
      return `ERROR: restrict_mode is strict, and no restrict_allow has this command: ${startOf(refusal)}`;
    case "handler-not-allowed":
      return `ERROR: no eventhandler_allow has this command: ${startOf(refusal)}`;
    case "handler-too-often":
      return `ERROR: the event handler ${refusal.handler} ran as often as eventhandler_rate=${refusal.rate} allows`;
    case "handler-dry-run":
      return `not run: eventhandler_dry_run names ${refusal.handler}`;
    case "hidden-command":
      return `ERROR: restricted paths in affect, but the command that ${refusal.wrapper} runs is not understood: ${startOf(refusal)}`;
    case "nul-byte":
      return "the command line contains a NUL byte";
    case "no-secret":
      return `UNKNOWN - the secret ${refusal.name} cannot be put in: ${refusal.why}`;
    case "not-understood":
      return `UNKNOWN - ${refusal.check} does not understand this command line, see: omd-worker check ${refusal.check} --help`;
    case "no-plugin":
      return `UNKNOWN - ${refusal.check}: ${refusal.declined}, and there is no ${refusal.path}`;
  }
}

function startOf({ commandLine }: { readonly commandLine: ByteString }): ByteString {
  return `${commandLine.slice(0, SHOWN_LENGTH)}...`;
}
