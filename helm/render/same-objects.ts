import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";

// Whether two files have the same objects of Kubernetes, whatever their order, blank lines and comments.
const [one = [], other = []] = process.argv.slice(2, 4).map(readObjects);
if (!isDeepStrictEqual(one, other)) {
  process.stdout.write("different\n");
  process.exit(1);
}
process.stdout.write(`the same ${one.length} objects\n`);

function readObjects(path: string): readonly unknown[] {
  const objects = parseAllDocuments(readFileSync(path, "utf8")).flatMap((document) => document.toJS() ?? []);
  const key = (object: { kind: string; metadata: { name: string } }) =>
    `${object.kind}/${object.metadata.name}`;
  return objects.toSorted((a, b) => key(a).localeCompare(key(b)));
}
