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
    ["-p of databases always", "/p/check_mysql -P 3306 -p 1234 -p80", "/p/check_mysql -P 3306 -p *** -p***"],
    ["check_mysql's words", "/p/check_mysql h -S -w 5 me pw", "/p/check_mysql h -S -w 5 *** ***"],
    [
      "a password behind a socket",
      "/p/check_mysql -s /run/x.sock -u me -p 1234 -d t",
      "/p/check_mysql -s /run/x.sock -u me -p *** -d t",
    ],
    ["a password alone", "/p/check_mysql -H h --user me -l pw ", "/p/check_mysql -H h --user me -l *** "],
    ["-P unless it is a protocol", "/p/x -P 2c -P 3 -P a=b", "/p/x -P 2c -P 3 -P ***"],
    ["-W unless it is a threshold", "/p/x -W 10% -W 5:10 -W pw -Wpw", "/p/x -W 10% -W 5:10 -W *** -W***"],
    ["-x unless it is a path or a cipher", "/p/x -x /dev -x AES -x pw", "/p/x -x /dev -x AES -x ***"],
    [
      "check_nt's -s",
      "/p/check_nt -H h -s pw /p/negate -s /p/y",
      "/p/check_nt -H h -s *** /p/negate -s /p/y",
    ],
    [
      "a password behind a user",
      "curl -u me:pw -U me%pw --user=a:b",
      "curl -u me:*** -U me%*** --user=a:***",
    ],
    [
      "but no path, URL or range",
      "/p/x -u /a:b -u http://h:8/x -u 1:2",
      "/p/x -u /a:b -u http://h:8/x -u 1:2",
    ],
    ["fields of a query", "/p/check_http -u /x?a=1&token=t0&b=2", "/p/check_http -u /x?a=1&token=***&b=2"],
    [
      "other long names",
      "/p/x --db-pass=a --apikey b --api_key c",
      "/p/x --db-pass=*** --apikey *** --api_key ***",
    ],
    [
      "but not what names a file or a protocol",
      "/p/x --passfile=a --authproto b",
      "/p/x --passfile=a --authproto b",
    ],
    [
      "a key that is no file",
      "/p/x --key=/a.pem --key=abc --passive x",
      "/p/x --key=/a.pem --key=*** --passive x",
    ],
    ["long names with one dash", "x -password a -pw b -token=c", "x -password *** -pw *** -token=***"],
    ["a field of JSON", '/p/x -d {"user":"a","password":"b"}', '/p/x -d {"user":"a","password":"***"}'],
    [
      "the address of a webhook",
      "curl https://hooks.example.com/services/T1/a1b2c3d4e5f6a7b8c9d0e1f2",
      "curl https://hooks.example.com/services/T1/***",
    ],
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
  expect(maskAssignment(["MYSQL_PWD", "a b"])).toBe("MYSQL_PWD=***");
  expect(maskAssignment(["LANG", "C"])).toBe("LANG=C");
});

describe("a shell's line is masked word by word, and is left as it is written", () => {
  it.each([
    [
      "TOKEN=abc /p/x -C 'my community' --password=\"a b\" | cat",
      "TOKEN=*** /p/x -C *** --password=*** | cat",
    ],
    ["/p/x  -m 'it is'\t-W pw", "/p/x  -m 'it is'\t-W ***"],
    ["/p/x '-p' 'a b' it's", "/p/x '-p' *** it's"],
    ["/p/x -p a\\ b c", "/p/x -p *** c"],
    [
      'curl -H "X-Auth-Token: abc" -H "Authorization: Bearer abc" x',
      "curl -H X-Auth-Token: *** -H Authorization: Bearer *** x",
    ],
    ["sh -c 'mail -p pw me'", "sh -c mail -p *** me"],
    [`sh -c "sh -c 'x --token=abc'"`, "sh -c sh -c x --token=***"],
  ])("%s", (line, shown) => {
    expect(maskLine(line).line).toBe(shown);
  });

  it("in time that grows with its length", () => {
    for (const part of ["a", "'", '"', "\\", "key", "key=", "//", "-p ", "://a/", "' \""])
      expect(maskLine(part.repeat(100_000)).line.length).toBeGreaterThan(0);
  });
});

it("masked words are masked in outputs, too, if they are long enough", () => {
  const { secrets } = maskWords(["-C", "public", "-a", "ab"]);
  expect(hideSecrets("CRITICAL: public is not about public", secrets)).toBe("CRITICAL: *** is not about ***");
});
