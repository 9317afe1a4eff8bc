import type { ReasonAmount, SurveySummary } from "../summary.ts";
import { type Bar, renderBars } from "./bars.ts";
import { escapeText } from "./escape.ts";
import { describeCounts, describeWorth, renderCores, renderObject, renderShare, WAY_WORDS } from "./words.ts";

const MAX_BARS = 20;

/** One page of HTML that loads nothing: no script, no file, no font. `date` is shown as it is. */
export function renderPage(summary: SurveySummary, date: string): string {
  const { all, ways, reasons, programs } = summary;
  const used = ways.filter(({ checks }) => checks > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>omd-worker survey</title>
<style>${STYLE}</style>
</head>
<body>
<h1>omd-worker survey</h1>
<p>${escapeText(date)}</p>
${describeCounts(summary).map(paragraph).join("\n")}
<h2>How the checks would be answered</h2>
${renderBars(used.map(({ via, checks }) => bar(WAY_WORDS[via], checks, `${checks} (${renderShare(checks, all.checks)} %)`, via)))}
<h2>Expected CPU, in cores</h2>
${renderBars([
  bar("now: every check is started", all.nowCores, renderCores(all.nowCores), "plugin"),
  bar("then", all.thenCores, renderCores(all.thenCores), "native"),
])}
<h2>CPU that is left then, by way</h2>
${renderBars(used.map(({ via, thenCores }) => bar(WAY_WORDS[via], thenCores, renderCores(thenCores), via)))}
<h2>Why not natively</h2>
${renderBars(reasons.slice(0, MAX_BARS).map(({ program, whyNot, checks, via }) => bar(`${program}: ${whyNot}`, checks, String(checks), via)))}
${renderTable(["checks", "plugin", "way", "why", "CPU now", "CPU then", "as in", "its command line"], reasons.map(reasonCells))}
<h2>Plugins</h2>
${renderTable(
  ["plugin", "checks", "answered natively", "CPU now", "CPU then"],
  programs.map(({ program, checks, native, nowCores, thenCores }) =>
    [program, checks, native, renderCores(nowCores), renderCores(thenCores)].map(String),
  ),
)}
<h2>What the figures are worth</h2>
<p>${describeWorth(summary).map(escapeText).join(" ")}</p>
</body>
</html>
`;
}

function bar(label: string, value: number, shown: string, kind: Bar["kind"]): Bar {
  return { label, value, shown, kind };
}

function paragraph(text: string): string {
  return `<p>${escapeText(text)}</p>`;
}

function reasonCells({
  checks,
  program,
  via,
  whyNot,
  nowCores,
  thenCores,
  example,
}: ReasonAmount): readonly string[] {
  return [
    String(checks),
    program,
    WAY_WORDS[via],
    whyNot,
    renderCores(nowCores),
    renderCores(thenCores),
    renderObject(example),
    example.commandLine,
  ];
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (name: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${name}>${escapeText(text)}</${name}>`).join("")}</tr>`;
  const body = rows.map((row) => cells("td", row)).join("\n");
  return `<div class="wide"><table><thead>${cells("th", head)}</thead><tbody>\n${body}\n</tbody></table></div>`;
}

const STYLE = `
:root { color-scheme: light dark; --native: #1a7f37; --warm: #9a6700; --plugin: #0969da; --shell: #8250df; --refuse: #cf222e; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: currentColor; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.6rem; border-bottom: 1px solid #8886; }
td:last-child { overflow-wrap: anywhere; min-width: 20rem; }
`;
