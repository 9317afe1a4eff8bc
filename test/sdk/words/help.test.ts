import { expect, it } from "vitest";
import { defineCheck, flag, leftToPlugin, list, oneOf, seconds, text, words } from "../../../sdk/index.ts";
import { renderCheckHelp } from "../../../sdk/words/help.ts";

const run = () => ({ returnCode: 0, output: "" });

it("renders a table", () => {
  const check = defineCheck({
    name: "check_x",
    summary: "looks at x",
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    options: {
      hostname: text("-H, --hostname=ADDRESS", "host name or address", { required: true }),
      timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
      expected: list(text("-e, --expect=STRING", "what the server has to say")),
      family: oneOf({ "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 }, "use this protocol only"),
      jail: flag("-j, --a-very-long-name-of-an-option", `hide the output ${"and so on ".repeat(9)}`.trim()),
      verbose: leftToPlugin("-v, --verbose", "show details"),
      words: words("[HOST]", "as --hostname"),
    },
    run,
  });
  expect(renderCheckHelp(check)).toMatchInlineSnapshot(`
    "check_x: looks at x

    usage: check_x [OPTION…] [HOST]

      -H, --hostname=ADDRESS  host name or address (required)
      -t, --timeout=SECONDS   how long it may take (default: 10)
      -e, --expect=STRING     what the server has to say (may be repeated)
      -4, --use-ipv4          use this protocol only
      -6, --use-ipv6          use this protocol only
      -j, --a-very-long-name-of-an-option
                              hide the output and so on and so on and so on and so on and so on and so
                              on and so on and so on and so on
      -v, --verbose           show details (the plugin is executed)
      [HOST]                  as --hostname
      -h, --help              the plugin's own help (the plugin is executed)
      -V, --version           the plugin's version (the plugin is executed)

    Answers in place of check_x of monitoring-plugins 2.3. Where a word is not understood, the plugin is
    executed.
    "
  `);
});

it("renders a check without a table", () => {
  const check = defineCheck({ name: "check_y", summary: "looks at y", read: () => ({}), run });
  expect(renderCheckHelp(check)).toBe("check_y: looks at y\n\nusage: check_y [WORD…]\n");
});
