// What is wrong, in words, and what to do. Only news is told to readers of the screen.

import { write } from "./tables.js";

const LEVELS = { problem: "Problem", warning: "Warning", note: "Note" };
const CALM = "Nothing is wrong: the job servers answer, jobs are run and results are delivered.";
const LOST = {
  rule: "lost",
  level: "problem",
  text: "This page has no connection to the worker. The figures are old.",
  advice: "It tries again by itself. If it stays so, see whether the worker runs.",
};

const list = document.getElementById("wrong");
let told;

/** `findings` are `{ rule, level, text, advice }`, the gravest first. */
export function showWrong(findings) {
  while (list.children.length > Math.max(1, findings.length)) list.lastElementChild.remove();
  if (findings.length === 0) writeItem(0, { level: "calm", text: CALM, advice: "" });
  for (const [at, finding] of findings.entries()) writeItem(at, finding);
  tellNews(findings);
}

export function showLost() {
  showWrong([LOST]);
}

/** `bad`, `warn` or `good`, for the badge and the title. */
export function weightOf(findings) {
  if (findings.some(({ level }) => level === "problem")) return "bad";
  return findings.some(({ level }) => level === "warning") ? "warn" : "good";
}

function writeItem(at, { level, text, advice }) {
  const item =
    list.children[at] ??
    list.appendChild(document.getElementById("finding").content.firstElementChild.cloneNode(true));
  if (item.className !== level) item.className = level;
  const [word, what, todo] = item.children;
  write(word, LEVELS[level] ?? "All is well");
  write(what, text);
  write(todo, advice);
}

/** Figures in a text change all the time: that is no news. */
function tellNews(findings) {
  const rules = findings.map(({ rule }) => rule);
  const news = findings.filter(({ rule }) => !told?.includes(rule));
  const isOver = told !== undefined && told.length > 0 && rules.length === 0;
  if (news.length > 0 || isOver)
    write(document.getElementById("news"), isOver ? CALM : news.map(({ text }) => text).join(" "));
  told = rules;
}
