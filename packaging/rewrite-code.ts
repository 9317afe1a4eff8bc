import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/** What rolldown.config.ts does to code, by its syntax tree: what is in a text or a comment stays as it is. */

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * `import { a as b } from "node:x"` takes what it names from the module itself: an import of a built-in module
 * asks for every one of its exports, which loads more modules (WebCrypto).
 */
export function importBuiltinsByName(code: string): string {
  const edits: Edit[] = [];
  for (const node of parse(code, "module").body) {
    if (node.type !== "ImportDeclaration" || !node.source.value.startsWith("node:")) continue;
    const names = node.specifiers.map((each) => {
      if (each.type !== "ImportSpecifier") throw new Error(`${node.source.value}: imported as a whole`);
      const imported = each.imported.type === "Identifier" ? each.imported.name : each.imported.raw;
      return imported === each.local.name ? imported : `${imported}: ${each.local.name}`;
    });
    const text = `const { ${names.join(", ")} } = process.getBuiltinModule(${node.source.raw});`;
    edits.push({ start: node.start, end: node.end, text });
  }
  return edit(code, edits);
}

/** `import.meta.url` becomes the URL of a file beside this one: `place` is the path from here to there. */
export function placeFile(code: string, place: string): string {
  const edits: Edit[] = [];
  new Visitor({
    MemberExpression({ object, property, computed, start, end }) {
      if (object.type !== "MetaProperty" || computed) return;
      if (property.type !== "Identifier" || property.name !== "url") return;
      edits.push({ start, end, text: `new URL(${JSON.stringify(place)}, import.meta.url).href` });
    },
  }).visit(parse(code, "module"));
  return edit(code, edits);
}

/** `import("./x.js")` becomes a promise of what is imported at once. */
export function importAtOnce(code: string): string {
  const names = new Map<string, string>();
  const edits: Edit[] = [];
  new Visitor({
    ImportExpression({ source, start, end }) {
      if (source.type !== "Literal" || typeof source.value !== "string" || !source.value.startsWith("."))
        return;
      const name = names.get(source.value) ?? `importedAtOnce${names.size}`;
      names.set(source.value, name);
      edits.push({ start, end, text: `Promise.resolve(${name})` });
    },
  }).visit(parse(code, "module"));
  const imports = [...names].map(([id, name]) => `import * as ${name} from ${JSON.stringify(id)};\n`);
  return imports.join("") + edit(code, edits);
}

/**
 * `let x = require("y");` at the top of a script is carried out when `x` is used first, which makes `x` a
 * function. Throws if `x` is written to, or is the name of something else too.
 */
export function requireOnFirstUse(code: string): string {
  const program = parse(code, "script");
  const modules = new Map<string, string>();
  const edits: Edit[] = [];
  const uses: Edit[] = [];
  for (const node of program.body) {
    const [only, ...others] = node.type === "VariableDeclaration" ? node.declarations : [];
    const required = only?.init ? requiredBy(only.init) : undefined;
    if (only?.id.type !== "Identifier" || required === undefined || others.length > 0) continue;
    modules.set(only.id.name, required);
    const text = `const ${only.id.name} = onFirstUse(${JSON.stringify(required)});`;
    edits.push({ start: node.start, end: node.end, text });
  }
  const isDeclaration = ({ start }: Identifier) =>
    edits.some((each) => each.start < start && start < each.end);
  for (const found of identifiersIn(program, (name) => modules.has(name))) {
    const { node, parent, role } = found;
    if (isDeclaration(node) || isOwnName(found)) continue;
    if (!READS.has(`${parent.type}.${role}`)) {
      const where = code.slice(parent.start, parent.end).split("\n", 1)[0];
      throw new Error(`${node.name} is a module, but not in this ${parent.type}: ${where}`);
    }
    uses.push({ start: node.start, end: node.end, text: `(${node.name}())` });
  }
  const onFirstUse = "const onFirstUse = (id) => { let loaded; return () => loaded ??= require(id); };\n";
  return onFirstUse + edit(code, [...edits, ...uses]);
}

/** What `require("x")` asks for. Undefined: it is another expression. */
function requiredBy(node: ESTree.Expression): string | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return undefined;
  const [argument] = node.arguments;
  if (node.callee.name !== "require" || argument?.type !== "Literal") return undefined;
  return typeof argument.value === "string" ? argument.value : undefined;
}

interface Identifier {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

interface Found {
  readonly node: Identifier;
  readonly parent: ESTree.Node;
  /** The field of the parent that the identifier is in. */
  readonly role: string;
}

/** Whether it names a property, which only looks like a variable. */
function isOwnName({ parent, role }: Found): boolean {
  if (parent.type === "MemberExpression") return role === "property" && !parent.computed;
  if (parent.type === "Property") return role === "key" && !parent.computed && !parent.shorthand;
  if (parent.type !== "MethodDefinition" && parent.type !== "PropertyDefinition") return false;
  return role === "key" && !parent.computed;
}

/** Where an identifier is the value of a variable, as far as the code has it. */
const READS: ReadonlySet<string> = new Set([
  "MemberExpression.object",
  "CallExpression.callee",
  "CallExpression.arguments",
  "NewExpression.callee",
  "NewExpression.arguments",
]);

function* identifiersIn(
  node: ESTree.Node,
  isMeant: (name: string) => boolean,
): Generator<Found, undefined, undefined> {
  for (const [role, value] of Object.entries(node)) {
    for (const child of [value].flat() as readonly (ESTree.Node | null)[]) {
      if (typeof child?.type !== "string") continue;
      if (child.type === "Identifier" && isMeant(child.name)) yield { node: child, parent: node, role };
      else yield* identifiersIn(child, isMeant);
    }
  }
}

function parse(code: string, sourceType: "module" | "script"): ESTree.Program {
  const { program, errors } = parseSync("code.js", code, { sourceType });
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  return program;
}

function edit(code: string, edits: readonly Edit[]): string {
  let text = code;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + replacement + text.slice(end);
  }
  return text;
}
