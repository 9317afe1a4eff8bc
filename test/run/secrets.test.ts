import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { defineCheck, text, words } from "../../sdk/index.ts";
import { hideSecrets, maskAssignment, maskLine, maskWords } from "../../src/run/secrets.ts";
import { createShelf } from "../../src/run/shelf.ts";

const NO_MARKS = () => undefined;

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
    [
      "a password behind a socket",
      "/p/check_mysql -s /run/x.sock -u me -p 1234 -d t",
      "/p/check_mysql -s /run/x.sock -u me -p *** -d t",
    ],
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
    [
      "more of them",
      "x -cookie a=b -header c -authorization=d -api-token e -hostname f",
      "x -cookie *** -header *** -authorization=*** -api-token *** -hostname f",
    ],
    ["a field of JSON", '/p/x -d {"user":"a","password":"b"}', '/p/x -d {"user":"a","password":"***"}'],
    [
      "the address of a webhook",
      "curl https://hooks.example.com/services/T1/a1b2c3d4e5f6a7b8c9d0e1f2",
      "curl https://hooks.example.com/services/T1/***",
    ],
  ])("%s", (_, words, shown) => {
    expect(maskWords(words.split(" "), NO_MARKS).words.join(" ")).toBe(shown);
  });

  it("and no others", () => {
    const words = "/p/check_tcp -H cab.example -p 443 -w 1 -c 2 -t10 --timeout=5 -S -- x".split(" ");
    expect(maskWords(words, NO_MARKS)).toEqual({ words, secrets: [] });
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
    expect(maskLine(line, NO_MARKS).line).toBe(shown);
  });

  it("in time that grows with its length", () => {
    for (const part of ["a", "'", '"', "\\", "key", "key=", "//", "-p ", "://a/", "' \""])
      expect(maskLine(part.repeat(100_000), NO_MARKS).line.length).toBeGreaterThan(0);
  });
});

it("masked words are masked in outputs, too, if they are long enough", () => {
  const { secrets } = maskWords(["-C", "public", "-a", "ab"], NO_MARKS);
  expect(hideSecrets("CRITICAL: public is not about public", secrets)).toBe("CRITICAL: *** is not about ***");
});

describe("a check's table marks its secrets, whatever they look like", () => {
  const { find } = createShelf(BUILTIN_CHECKS);

  it.each<[what: string, line: string, shown: string]>([
    [
      "check_pgsql: digits",
      "/p/check_pgsql -H h -P 5432 -p 1234 -W 3",
      "/p/check_pgsql -H h -P 5432 -p *** -W 3",
    ],
    [
      "check_mysql: any word that is no option",
      "/p/check_mysql h -S -w 5 me pw",
      "/p/check_mysql *** -S -w 5 *** ***",
    ],
    [
      "check_smtp: a command, which may be a login",
      "/p/check_smtp -H h -C 'AUTH PLAIN AGEAYg==' --command=NOOP -R 235",
      "/p/check_smtp -H h -C *** --command=*** -R 235",
    ],
    ["in the same word", "/p/check_pgsql -p1234 -a5678", "/p/check_pgsql -p*** -a***"],
    [
      "long",
      "/p/check_pgsql --password=1234 --password 1234",
      "/p/check_pgsql --password=*** --password ***",
    ],
    ["abbreviated", "/p/check_pgsql --passw=12 --auth 34", "/p/check_pgsql --passw=*** --auth ***"],
    ["an empty one", "/p/check_pgsql --password= -H h", "/p/check_pgsql --password=*** -H h"],
    ["like an option", "/p/check_pgsql -p -H -H h", "/p/check_pgsql -p *** -H h"],
    ["in conninfo", "/p/check_pgsql -o password=a,b -d x", "/p/check_pgsql -o password=*** -d x"],
    [
      "in quotes of conninfo",
      `/p/check_pgsql -o "user=a password='b c' port=1"`,
      "/p/check_pgsql -o user=a password=*** port=1",
    ],
    ["in a URL", "/p/check_pgsql -d postgresql://u:p@w@h/d", "/p/check_pgsql -d postgresql://***@h/d"],
    [
      "with a slash",
      "/p/x -d mysql://u:p/w@h:80/d http://h:80/a@b",
      "/p/x -d mysql://***@h:80/d http://h:80/a@b",
    ],
    ["check_http -a", "/p/check_http -H h -p 8080 -a 1:2 -b 3:4", "/p/check_http -H h -p 8080 -a *** -b ***"],
    ["behind flags", "/p/check_http -NSa u:p", "/p/check_http -NSa u:p"],
    ["behind a flag", "/p/check_http -Na u:p", "/p/check_http -Na ***"],
    ["its header and body", "/p/check_http -k X:1 -P 12 -A me", "/p/check_http -k *** -P *** -A me"],
    ["check_snmp -C", "/p/check_snmp -C 123 -P 2c -p 161", "/p/check_snmp -C *** -P 2c -p 161"],
    [
      "SNMPv3",
      "/p/check_snmp -P 3 -U me -a SHA -A 1234 -x AES -X 5678",
      "/p/check_snmp -P 3 -U me -a SHA -A *** -x AES -X ***",
    ],
    ["check_nt -s", "/p/check_nt -H h -s 1 -v UPTIME", "/p/check_nt -H h -s *** -v UPTIME"],
    ["check_tcp -s", "/p/check_tcp -s AUTH -e ok -q QUIT", "/p/check_tcp -s *** -e ok -q QUIT"],
    [
      "but no certificate",
      "/p/check_nrpe -H h -C /c.pem -K /k.pem",
      "/p/check_nrpe -H h -C /c.pem -K /k.pem",
    ],
    [
      "what follows check_nrpe -a",
      "/p/check_nrpe -c x -a -p s3cret -C c",
      "/p/check_nrpe -c x -a -p *** -C ***",
    ],
    ["in one word", "/p/check_nrpe -c x -a 'w -p s3cret'", "/p/check_nrpe -c x -a w -p ***"],
    ["check_by_ssh -C", "/p/check_by_ssh -C 'check_nt -s 1' -i k", "/p/check_by_ssh -C check_nt -s *** -i k"],
    ["its words", "/p/check_by_ssh h /p/check_pgsql -p 1", "/p/check_by_ssh h /p/check_pgsql -p ***"],
    ["negate", "/p/negate -u OK /p/check_pgsql -p 1234", "/p/negate -u OK /p/check_pgsql -p ***"],
    ["sudo", "sudo -n -u x /p/check_pgsql -p 1234", "sudo -n -u x /p/check_pgsql -p ***"],
    ["timeout and env", "timeout 5 env A=b check_pgsql -p 12", "timeout 5 env A=b check_pgsql -p ***"],
    ["sh -c", "sh -c '/p/check_pgsql -p 1234'", "sh -c /p/check_pgsql -p ***"],
    [
      "sh -c in negate",
      "/p/negate /bin/sh -c 'x; check_pgsql -p 12'",
      "/p/negate /bin/sh -c x; check_pgsql -p ***",
    ],
    ["a pipe", "/p/check_tcp -p 80 | /p/check_pgsql -p 80", "/p/check_tcp -p 80 | /p/check_pgsql -p ***"],
    ["a variable", "PGPASSWORD=1234 /p/check_pgsql -H h", "PGPASSWORD=*** /p/check_pgsql -H h"],
    ["in quotes", `PGPASSWORD="1 2" /p/check_pgsql`, "PGPASSWORD=*** /p/check_pgsql"],
    [
      "a cookie with one dash or two",
      "/p/check_prometheus mode query -cookie s=abc --cookie=s=abc -cookie=s=abc -q up",
      "/p/check_prometheus mode query -cookie *** --cookie=*** -cookie=*** -q up",
    ],
    [
      "check_nsc_web -p with one dash or two",
      "/p/check_nsc_web -p 1234 -p=1234 --p=1234 --p 1234 -u https://h:8443 x",
      "/p/check_nsc_web -p *** -p*** --p=*** --p *** -u https://h:8443 x",
    ],
    ["letters of a secret first", "/p/check_pgsql -password x", "/p/check_pgsql -p*** x"],
    ["an unknown option", "/p/check_pgsql --token=1 -X s3cret", "/p/check_pgsql --token=*** -X ***"],
    ["no reference", "/p/check_pgsql -p '$SECRET:pg$' -H h", "/p/check_pgsql -p '$SECRET:pg$' -H h"],
  ])("%s", (_, line, shown) => {
    expect(maskLine(line, find).line).toBe(shown);
  });

  it("also that of a site, by `secret` or by its name", () => {
    const site = defineCheck({
      name: "check_door",
      summary: "a door",
      options: {
        code: text("-c, --code=TEXT", "opens it", { secret: true }),
        token: text("-T, --token=TEXT", "a login"),
        keys: text("-k, --key=NAME", "a name", { secret: false }),
        words: words("WORD", "a secret", { secret: true }),
      },
      run: () => ({ returnCode: 0, output: "" }),
    });
    const { line } = maskLine("check_door -c 1 -T 2 -k 3 4", createShelf([site]).find);
    expect(line).toBe("check_door -c *** -T *** -k 3 ***");
  });
});

it("a secret before a separator of the shell is found in an output alone", () => {
  const { line, secrets } = maskLine(
    "sh -c '/x --api-key s3cret; exit 2'; /y --password geheim|cat",
    NO_MARKS,
  );
  expect(line).not.toMatch(/s3cret|geheim/);
  expect(hideSecrets("--api-key s3cret, geheim", secrets)).toBe("--api-key ***, ***");
});

describe("of plugins without a table it is known", () => {
  it.each<[what: string, line: string, shown: string]>([
    ["check_mysql -p", "/p/check_mysql -H h -P 3306 -p 1234", "/p/check_mysql -H h -P 3306 -p ***"],
    ["in the same word", "/p/check_mysql -p1234 -nSp1", "/p/check_mysql -p*** -nSp***"],
    ["its third word", "/p/check_mysql -P 1 h root s3cret db", "/p/check_mysql -P 1 h root *** db"],
    [
      "check_mysql_query -p",
      "/p/check_mysql_query -q 'select 1' -p 1",
      "/p/check_mysql_query -q 'select 1' -p ***",
    ],
    ["check_oracle", "/p/check_oracle --cache SID me s3cret 1 2", "/p/check_oracle --cache SID me *** 1 2"],
    ["check_smtp -P", "/p/check_smtp -U me -P 123", "/p/check_smtp -U me -P ***"],
    ["check_pgsql without its table", "/p/check_pgsql.pl -p 12", "/p/check_pgsql.pl -p ***"],
    ["snmpget -c", "snmpget -v2c -c public h", "snmpget -v2c -c *** h"],
    ["sshpass", "sshpass -p 12 ssh h", "sshpass -p *** ssh h"],
  ])("%s", (_, line, shown) => {
    expect(maskLine(line, NO_MARKS).line).toBe(shown);
  });
});
