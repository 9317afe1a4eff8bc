import { COMPATIBLE_NAMES } from "../../tools/tool-commands.ts";
import type { Manual } from "../manual.ts";

/** What is done once, where the package is installed. */
export const LINK_NAMES_MANUAL: Manual = {
  name: "link-names",
  description: [
    `Makes links by the names of mod_gearman's programs in the folder DIR: ${COMPATIBLE_NAMES.join(", ")} are this program then. Scripts and core configurations find them if DIR comes first in PATH, or if they name it.`,
    "A file that is there already is never overwritten: the command says what is in the way and what to do, and makes no link at all. Links of ours that lead here already are left as they are, so it may be called again.",
  ],
  options: [
    { name: "force", help: "also replaces links to another installation of omd-worker; never another file" },
  ],
  takes: "folders",
  examples: [
    { line: "omd-worker link-names /opt/omd-worker/bin", does: "beside omd-worker, installed by npm" },
    { line: "omd-worker link-names /usr/local/bin", does: "before /usr/bin in PATH" },
    { line: "omd-worker link-names ~/local/bin", does: "in an OMD site, as its user" },
  ],
  exitCodes: [
    ["0", "all names are links to this program"],
    ["1", "a file is in the way, or the folder cannot be written"],
    ["3", "the call is wrong"],
  ],
};

export const COMPLETION_MANUAL: Manual = {
  name: "completion",
  description: [
    "Prints what lets a shell complete commands, options and their values, for omd-worker and for the names of mod_gearman's programs. The Debian package has installed it.",
  ],
  words: [
    { word: "bash", help: "for bash 4.4 or newer", takes: "nothing" },
    { word: "zsh", help: "for zsh", takes: "nothing" },
    { word: "fish", help: "for fish 3 or newer", takes: "nothing" },
  ],
  examples: [
    { line: "source <(omd-worker completion bash)", does: "this bash; in ~/.bashrc, every one" },
    { line: "omd-worker completion bash > /etc/bash_completion.d/omd-worker", does: "for all users" },
    { line: "omd-worker completion zsh > /usr/local/share/zsh/site-functions/_omd-worker" },
    { line: "omd-worker completion fish > ~/.config/fish/conf.d/omd-worker.fish" },
  ],
  exitCodes: [
    ["0", "it was printed"],
    ["3", "the call is wrong"],
  ],
};
