import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { createConfiguredRouter } from "../../../src/run/routing/router.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";
import { knownAtOnce } from "../native-route.ts";

/** How a worker with these options runs a line. */
function routerOf(...options: readonly string[]) {
  const { config } = loadMinimal(options);
  const router = createConfiguredRouter(config, createShelf(BUILTIN_CHECKS));
  return (commandLine: string) => knownAtOnce(router({ commandLine })).via;
}

const PLUGIN_RULE = "restrict_allow=/p/check_x -H <host> *";

describe("restrict_path", () => {
  const via = routerOf("restrict_path=/p");

  it.each(["env", "sudo", "timeout 5 /p/env", "negate /p/env"])(
    "refuses a path that %s takes for a variable, with another program behind it",
    (wrapper) => {
      expect(via(`/p/${wrapper} /p/x /bin/id`)).not.toBe("refuse");
      expect(via(`/p/${wrapper} /p/x=1 /bin/id`)).toBe("refuse");
    },
  );

  it.each(["'a --extra-opts=@/q/f'", "''", '"a\'b"'])("urlize splits no word %s", (word) => {
    const withQuotes = routerOf("restrict_path=/p", "restrict_command_characters=$&();<>`|");
    expect(withQuotes("/p/urlize http://x/ /p/check_x -H h 'a'")).not.toBe("refuse");
    expect(withQuotes(`/p/urlize http://x/ /p/check_x -H h ${word}`)).toBe("refuse");
  });
});

describe("restrict_mode=strict", () => {
  it.each(["'a --extra-opts=@/q/f'", "'a\t-x'", "''", '"a\'b"'])("urlize splits no word %s", (word) => {
    const via = routerOf(
      "restrict_mode=strict",
      "restrict_allow=/p/urlize http://x/ /p/check_x -H <host> *",
      PLUGIN_RULE,
    );
    expect(via("/p/urlize http://x/ /p/check_x -H h 'a'")).not.toBe("refuse");
    expect(via(`/p/urlize http://x/ /p/check_x -H h ${word}`)).toBe("refuse");
  });

  it.each(["*", "/etc/h?sts", "-*", "a*b"])("a shell of the line puts no files in place of %s", (word) => {
    const via = routerOf("restrict_mode=strict", "restrict_allow=/p/sh -c *", PLUGIN_RULE);
    expect(via("/p/sh -c '/p/check_x -H h a'")).not.toBe("refuse");
    expect(via(`/p/sh -c '/p/check_x -H h ${word}'`)).toBe("refuse");
    expect(via(`/p/sh -c "/p/check_x -H h '${word}'"`)).toBe(word.startsWith("-") ? "refuse" : "plugin");
  });

  it.each(["*", "/no/such/p?th"])(
    "the shell that looks for a plain name puts no files in place of %s",
    (word) => {
      const via = routerOf("restrict_mode=strict", "restrict_allow=no_such_program *");
      expect(via("no_such_program a")).toBe("shell");
      expect(via(`no_such_program '${word}'`)).toBe("shell");
      expect(via(`no_such_program ${word}`)).toBe("refuse");
    },
  );
});

describe.each(["restrict_mode=strict", "eventhandler_allow"])("%s: a reference to a secret", (mode) => {
  const isStrict = mode === "restrict_mode=strict";
  const option = isStrict ? "restrict_allow" : "eventhandler_allow";
  const { config } = loadMinimal([
    ...(isStrict ? [mode] : []),
    "secret_dir=/s",
    `${option}=/p/check_x -H <host> *`,
    `${option}=/p/check_y -p $SECRET:db$ --url=*`,
    `${option}=/p/check_z <word> ...`,
  ]);
  const router = createConfiguredRouter(config, createShelf(BUILTIN_CHECKS));
  const via = (commandLine: string) => knownAtOnce(router({ commandLine, type: "eventhandler" })).via;

  it("is allowed where the line has it", () => {
    expect(via("/p/check_x -H h word")).toBe("plugin");
    expect(via("/p/check_y -p $SECRET:db$ --url=/")).toBe("plugin");
    expect(via("/p/check_z a -p b")).toBe("plugin");
  });

  it.each([
    "/p/check_x -H h $SECRET:db$",
    "/p/check_x -H h '$SECRET:db$'",
    "/p/check_x -H h http://q/$SECRET:db$",
    "/p/check_x -H h $SECRET:$SECRET:db$$",
    "/p/check_y -p $SECRET:other$ --url=/",
    "/p/check_y -p $SECRET:db$ --url=$SECRET:other$",
    "/p/check_y -p $SECRET:db$ --url=$SECRET:db$",
    "/p/check_z a $SECRET:db$",
    "/p/check_z a -p x --user=$SECRET:db$",
  ])("is fitted by no pattern: %s", (line) => {
    expect(via(line)).toBe("refuse");
  });
});
