import { describe, expect, it } from "vitest";
import { readChildren } from "../../../src/tools/multi/read-children.ts";

/** What check_multi of Debian prints, and its C tool makes of it; elements that are not read are left out. */
const RECORDED = `<?xml version="1.0"?>
<check_multi>
	<CHILD>
		<no>0</no>
		<name></name>
		<rc>2</rc>
		<runtime>0.096123218536377</runtime>
		<output>1 critical, 1 warning, 0 unknown, 1 ok</output>
		<error> [please don't run plugins as root!]</error>
	</CHILD>
	<CHILD>
		<no>1</no>
		<error></error>
		<name>one</name>
		<output>OK - it&#039;s &amp;lt;fine&gt; &amp; good</output>
		<performance>&amp;#039;a b&amp;#039;=1 c=2</performance>
		<plugin>echo</plugin>
		<pplugin>echo</pplugin>
		<rc>0</rc>
		<runtime>0.0672781467437744</runtime>
	</CHILD>
	<CHILD>
		<no>2</no>
		<error></error>
		<name>two</name>
		<output>WARNING: second</output>
		<pplugin>check_dummy</pplugin>
		<rc>1</rc>
		<runtime>0.01</runtime>
	</CHILD>
	<CHILD>
		<no>3</no>
		<error>complaint</error>
		<name>three</name>
		<output>CRIT</output>
		<performance> x=1 </performance>
		<pplugin>sh</pplugin>
		<rc>2</rc>
		<runtime>0.02</runtime>
	</CHILD>
</check_multi>
`;

describe("what check_multi prints", () => {
  it("is read as by the C tool", () => {
    expect(readChildren(RECORDED)).toEqual({
      kind: "children",
      children: [
        {
          serviceDescription: "one",
          returnCode: 0,
          runtime: 0.0672781467437744,
          output: "OK - it's &lt;fine> & good|'one::echo::a b'=1 c=2",
        },
        { serviceDescription: "two", returnCode: 1, runtime: 0.01, output: "WARNING: second" },
        {
          serviceDescription: "three",
          returnCode: 2,
          runtime: 0.02,
          output: "CRIT [complaint]|three::sh::x=1",
        },
      ],
    });
  });

  it.each(["no", "name", "rc", "runtime", "output", "error", "pplugin"])(
    "a child without %s is left out",
    (name) => {
      const one = RECORDED.slice(RECORDED.indexOf("</CHILD>") + 8, RECORDED.indexOf("<CHILD>\n\t\t<no>2"));
      expect(readChildren(one)).toMatchObject({ children: [{ serviceDescription: "one" }] });
      expect(readChildren(one.replace(`<${name}>`, "<other>"))).toEqual({ kind: "children", children: [] });
    },
  );

  it.each<[string, string, unknown]>([
    ["nothing", "", { kind: "children", children: [] }],
    ["an error", "check_multi: no file\n", { kind: "message", text: "check_multi: no file\n" }],
    ["bytes that are no text", "\xff\0", { kind: "children", children: [] }],
    ["a child that does not end", "<CHILD><no>1</no>", { kind: "unclosed" }],
  ])("%s", (_, text, expected) => {
    expect(readChildren(text)).toEqual(expected);
  });
});
