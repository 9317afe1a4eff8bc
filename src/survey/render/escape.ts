import { withoutControls } from "../../byte-string.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and attributes of HTML and SVG. Characters that a page must not have become blanks. */
export function escapeText(text: string): string {
  return withoutControls(text, " ").replace(/[&<>"']/g, (one) => ENTITIES[one] ?? "");
}
