import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { error, type Remark } from "../problem.ts";
import { type Kind, listSchema, NAME_SCHEMA } from "./kind.ts";

/** Modules for the plugins with a name, or a path, in which `*` stands for any characters. */
export interface ModulesOfPlugin {
  readonly plugin: ByteString;
  readonly modules: readonly ByteString[];
}

/** As Perl and Python spell the names of modules. */
const MODULE = /^[A-Za-z_]\w*(?:(?:::|\.)\w+)*$/;
const EXAMPLE = "write check_a.pl:Module::A+Module::B";

export const pluginModules: Kind<readonly ModulesOfPlugin[]> = {
  name: "plugin:module+module, comma-separated",
  isList: true,
  isText: true,
  schema: listSchema(NAME_SCHEMA),
  read({ key, text }, before = []) {
    const words = text
      .split(",")
      .map(trim)
      .filter((word) => word !== "");
    const read = words.map(readWord);
    const faults = words.flatMap((word, i) => (read[i] === undefined ? [fault(key, word)] : []));
    return { value: [...before, ...read.filter((each) => each !== undefined)], remarks: faults };
  },
  render: (value) =>
    fromByteString(value.map(({ plugin, modules }) => `${plugin}:${modules.join("+")}`).join(",")),
};

function readWord(word: ByteString): ModulesOfPlugin | undefined {
  const colon = word.indexOf(":");
  const plugin = trim(word.slice(0, Math.max(0, colon)));
  const modules = word
    .slice(colon + 1)
    .split("+")
    .map(trim);
  return plugin !== "" && modules.every((name) => MODULE.test(name)) ? { plugin, modules } : undefined;
}

function fault(key: string, word: ByteString): Remark {
  return error(`${key}: '${fromByteString(word)}' is not a plugin with modules`, EXAMPLE);
}
