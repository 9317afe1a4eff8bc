/** A metric in a query, with the labels that are asked of it. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Names {
  readonly selectors: readonly Selector[];
  /** Labels by which values are grouped or matched. */
  readonly groupedBy: readonly string[];
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** Words that are no metrics, and no functions: those have a parenthesis behind them. */
const WORDS = /^(?:and|or|unless|bool|offset|by|without|on|ignoring|group_left|group_right|inf|nan)$/i;

/** The metrics and labels that a query of PromQL names. It must be valid: it is not checked here. */
export function readNames(query: string): Names {
  const groupedBy: string[] = [];
  const rest = query
    .replace(GROUPING, (_, labels: string) => {
      groupedBy.push(...labels.split(",").map((label) => label.trim()));
      return " ";
    })
    .replace(/\[[^\]]*\]|\boffset\s+\w+/g, " ");
  const found = rest.matchAll(/(?<![\w.:$])([a-zA-Z_:][\w:]*)\s*(\(|\{((?:"(?:[^"\\]|\\.)*"|[^}"])*)\})?/g);
  const selectors = [...found]
    .filter(([, name = "", opening]) => opening !== "(" && !WORDS.test(name))
    .map(([, metric = "", , matchers = ""]) => ({ metric, labels: readMatchers(matchers) }));
  return { selectors, groupedBy: groupedBy.filter((label) => label !== "") };
}

function readMatchers(matchers: string): readonly string[] {
  return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g)].map(([, label = ""]) => label);
}
