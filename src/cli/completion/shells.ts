import { renderBash } from "./bash.ts";
import { renderFish } from "./fish.ts";
import type { CompletionSpec } from "./spec.ts";
import { renderZsh } from "./zsh.ts";

/** A shell that completions are rendered for. */
interface Shell {
  readonly name: string;
  /** Its file in completions/, by the name that the shell looks for. */
  readonly file: string;
  readonly render: (spec: CompletionSpec) => string;
}

export const SHELLS: readonly Shell[] = [
  { name: "bash", file: "omd-worker.bash", render: renderBash },
  { name: "zsh", file: "_omd-worker", render: renderZsh },
  { name: "fish", file: "omd-worker.fish", render: renderFish },
];
