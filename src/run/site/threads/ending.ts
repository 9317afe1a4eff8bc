/** Why a thread of a site's checks has ended, or must end. */
export type Ending =
  | { readonly kind: "exit"; readonly code: number | string }
  | { readonly kind: "uncaught"; readonly message: string; readonly at: string | undefined }
  | { readonly kind: "busy"; readonly seconds: number }
  | { readonly kind: "memory"; readonly mib: number }
  /** It has ended without a word. */
  | { readonly kind: "lost" };

/** What a check did, for its UNKNOWN and for the log. `at` is a file with its line. */
export function renderEnding(ending: Ending): string {
  switch (ending.kind) {
    case "exit":
      return `it called process.exit(${ending.code}), a check has to return its answer`;
    case "uncaught":
      return `nothing caught its error "${ending.message}"${renderPlace(ending.at)}, await its promise or listen to "error"`;
    case "busy":
      return `it kept its thread busy for ${ending.seconds} seconds without a pause`;
    case "memory":
      return `it took more than ${ending.mib} MiB of memory`;
    case "lost":
      return "its thread was gone";
  }
}

function renderPlace(at: string | undefined): string {
  return at === undefined ? "" : ` at ${at}`;
}
