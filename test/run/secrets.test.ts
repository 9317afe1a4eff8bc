import { describe, expect, it } from "vitest";
import { hideSecrets, maskAssignment, maskLine, maskWords } from "../../src/run/secrets.ts";

describe("these words of a command line are masked", () => {
  it.each<[what: string, words: string, shown: string]>([
    ["a community", "/p/check_snmp -H h -C public -o 1.3", "/p/check_snmp -H h -C *** -o 1.3"],
    ["one in the same word", "/p/check_snmp -Cpublic -P2c", "/p/check_snmp -C*** -P2c"],
    ["one behind flags", "/p/check_x -vCpublic", "/p/check_x -vC***"],
    ["v3 passwords", "/p/check_snmp -A secret1 -X secret2 -x AES", "/p/check_snmp -A *** -X *** -x AES"],
    ["an authorization", "/p/check_http -a user:pass -b u:p", "/p/check_http -a *** -b ***"],
    ["long options", "/p/x --authorization=a:b --password c", "/p/x --authorization=*** --password ***"],
    ["abbreviated ones", "/p/x --auth=a:b --comm public", "/p/x --auth=*** --comm ***"],
    ["a value like an option", "/p/x --password -C", "/p/x --password ***"],
    ["headers", "/p/check_http -k X-Token:1", "/p/check_http -k ***"],
    ["a user in a URL", "/p/check_http -u http://me:pw@host/x", "/p/check_http -u http://***@host/x"],
    ["-p unless it is a port", "/p/x -p 80 -p80 -p s3cret", "/p/x -p 80 -p80 -p ***"],
    ["-P unless it is a protocol", "/p/x -P 2c -P 3 -P a=b", "/p/x -P 2c -P 3 -P ***"],
  ])("%s", (_, words, shown) => {
    expect(maskWords(words.split(" ")).words.join(" ")).toBe(shown);
  });

  it("and no others", () => {
    const words = "/p/check_tcp -H cab.example -p 443 -w 1 -c 2 -t10 --timeout=5 -S -- x".split(" ");
    expect(maskWords(words)).toEqual({ words, secrets: [] });
  });
});

it("variables with the name of a secret are masked", () => {
  expect(maskAssignment(["PGPASSWORD", "x"])).toBe("PGPASSWORD=***");
  expect(maskAssignment(["LANG", "C"])).toBe("LANG=C");
});

it("a shell's line is masked word by word", () => {
  expect(maskLine("TOKEN=abc /p/x -C 'my community' --password=\"a b\" | cat")).toBe(
    "TOKEN=*** /p/x -C *** --password=*** | cat",
  );
});

it("masked words are masked in outputs, too, if they are long enough", () => {
  const { secrets } = maskWords(["-C", "public", "-a", "ab"]);
  expect(hideSecrets("CRITICAL: public is not about public", secrets)).toBe("CRITICAL: *** is not about ***");
});
