import { execa } from "execa";

/** Asks a shell for what it would offer after a line. The offers come sorted. */
export type Complete = (line: string) => Promise<readonly string[]>;

/** Calls the function as bash does, with the line and the cursor at its end. */
export const completeInBash: Complete = async (line) => {
  const script = `source completions/omd-worker.bash
compopt() { :; }
COMP_LINE=$1 COMP_POINT=\${#1}
_omd_worker
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return offers(await execa`bash --norc -c ${script} bash ${line}`);
};

export const completeInFish: Complete = async (line) => {
  const script = 'source completions/omd-worker.fish; complete -C "$argv[1]"';
  const { stdout } = await execa`fish --no-config -c ${script} ${line}`;
  return offers({ stdout: stdout.replace(/\t.*$/gm, "") });
};

/** In a pseudo-terminal, as zsh completes only where somebody types. */
export const completeInZsh: Complete = async (line) =>
  offers(await execa`zsh -f test/cli/completion/ask.zsh ${line}`);

function offers({ stdout }: { readonly stdout: string }): readonly string[] {
  return [...new Set(stdout.split("\n").filter((offer) => offer !== ""))].sort();
}
