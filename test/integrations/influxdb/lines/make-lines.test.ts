import { describe, expect, it } from "vitest";
import { makeLines } from "../../../../integrations/influxdb/lines/make-lines.ts";
import { type PerfdataRecord, readRecord } from "../../../../integrations/influxdb/lines/read-record.ts";
import { toByteString } from "../../../../src/byte-string.ts";

const OPTIONS = { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes: false };
const RECORD: PerfdataRecord = {
  host: "h",
  service: "s",
  command: "c",
  perfdata: "",
  time: "1441791000",
  tags: "",
  fields: "",
  target: undefined,
  isInDowntime: false,
};

function linesOf(perfdata: string, record: Partial<PerfdataRecord> = {}): readonly string[] {
  const made = makeLines({ ...RECORD, ...record, perfdata: toByteString(perfdata) }, OPTIONS);
  const lines = Buffer.from(made.text, "latin1").toString("utf8").split("\n").slice(0, -1);
  expect(lines).toHaveLength(made.lines);
  return lines;
}

const BEFORE = "metrics,host=h,service=s,command=c,performanceLabel=";
const BEHIND = " 1441791000000";

/** Perfdata, and what stands in each of its lines between the label and the time. */
const CASES: readonly (readonly [perfdata: string, ...lines: readonly string[]])[] = [
  // numbers
  ["a=1", "a value=1.0"],
  ["a=0", "a value=0.0"],
  ["a=-5", "a value=-5.0"],
  ["a=+5", "a value=5.0"],
  ["a=0.050", "a value=0.050"],
  ["a=.5", "a value=0.5"],
  ["a=-.5", "a value=-0.5"],
  ["a=5.", "a value=5.0"],
  ["a=0,5", "a value=0.5"],
  ["a=-1,25ms", "a,unit=ms value=-1.25"],
  ["a=1e-05", "a value=1.0e-05"],
  ["a=2.16442539213e+11", "a value=2.16442539213e+11"],
  ["a=1E3", "a value=1.0E+3"],
  ["a=18446744073709551000c", "a,unit=c value=18446744073709551000.0"],
  ["a=007", "a value=007.0"],
  ["a=5e", "a,unit=e value=5.0"],
  ["a=1,", "a value=1.0"],
  // no numbers
  ["a=nan"],
  ["a=-nan b=1", "b value=1.0"],
  ["a=inf;1;2 b=1", "b value=1.0"],
  ["a= b=1", "b value=1.0"],
  ["a=;;; b=1", "b value=1.0"],
  ["a=-"],
  ["a=."],
  ["a=1.2.3 b=1", "b value=1.0"],
  ["a=1.234,5"],
  ["a=5-3"],
  ["a=--5"],
  ["a=1e999"],
  [`a=${"9".repeat(400)}`],
  ["a=OK b=1", "b value=1.0"],
  ["=5"],
  ["a"],
  [""],
  ["no perfdata here"],
  // the unknown value
  ["a=U", "a unknown=true"],
  [
    "rta=U;100.000000;500.000000;; pl=100%;20;60;0;",
    "rta,crit-fill=none,warn-fill=none crit=500.000000,unknown=true,warn=100.000000",
    "pl,crit-fill=none,warn-fill=none,unit=% crit=60.0,min=0.0,value=100.0,warn=20.0",
  ],
  ["a=U;;;0;10", "a max=10.0,min=0.0,unknown=true"],
  ["a=u"],
  ["a=Undefined"],
  // units
  ["a=1s", "a,unit=s value=1.0"],
  ["a=1%", "a,unit=% value=1.0"],
  ["a=1B/s", "a,unit=B/s value=1.0"],
  ["a=1µs", "a,unit=µs value=1.0"],
  ["a=1°C", "a,unit=°C value=1.0"],
  ["a=1a,b=2", "a,unit=a\\,b\\=2 value=1.0"],
  ["a=1\\", "a,unit=\\_ value=1.0"],
  // thresholds
  ["a=1;2;3", "a,crit-fill=none,warn-fill=none crit=3.0,value=1.0,warn=2.0"],
  ["a=1;2", "a,warn-fill=none value=1.0,warn=2.0"],
  ["a=1;;3", "a,crit-fill=none crit=3.0,value=1.0"],
  ["a=1;;;4;5", "a max=5.0,min=4.0,value=1.0"],
  ["a=1;;;;", "a value=1.0"],
  ["a=1;3:;:46", "a,crit-fill=none,warn-fill=none crit=46.0,value=1.0,warn=3.0"],
  ["a=1;~:2;@5", "a,crit-fill=none,warn-fill=none crit=5.0,value=1.0,warn=2.0"],
  ["a=1;2:4", "a,warn-fill=outer value=1.0,warn-max=4.0,warn-min=2.0"],
  [
    "a=1;@2:4;@6:8",
    "a,crit-fill=inner,warn-fill=inner crit-max=8.0,crit-min=6.0,value=1.0,warn-max=4.0,warn-min=2.0",
  ],
  [
    "a=1;-5:-1;-10:10",
    "a,crit-fill=outer,warn-fill=outer crit-max=10.0,crit-min=-10.0,value=1.0,warn-max=-1.0,warn-min=-5.0",
  ],
  ["a=1;0,5:1,5", "a,warn-fill=outer value=1.0,warn-max=1.5,warn-min=0.5"],
  ["a=1;80%;90%", "a,crit-fill=none,warn-fill=none crit=90.0,value=1.0,warn=80.0"],
  ["a=1;1e-05;0.0001", "a,crit-fill=none,warn-fill=none crit=0.0001,value=1.0,warn=1.0e-05"],
  ["a=1;~:;:", "a value=1.0"],
  ["a=1;x;1:2:3", "a value=1.0"],
  ["a=1;1-2;3", "a,crit-fill=none crit=3.0,value=1.0"],
  ["a=1;2;3;x;y", "a,crit-fill=none,warn-fill=none crit=3.0,value=1.0,warn=2.0"],
  ["a=1;2;3;4;5;6;7", "a,crit-fill=none,warn-fill=none crit=3.0,max=5.0,min=4.0,value=1.0,warn=2.0"],
  // labels
  ["'a'=1", "a value=1.0"],
  ["'a b'=1", "a\\ b value=1.0"],
  ["a b=1", "a\\ b value=1.0"],
  ["'a,b'=1", "a\\,b value=1.0"],
  ["'a=b'=1", "a\\=b value=1.0"],
  ["'a b=c,d'=1 e=2", "a\\ b\\=c\\,d value=1.0", "e value=2.0"],
  ["'it''s'=1", "it''s value=1.0"],
  ['"it\'s"=-15', '"it\'s" value=-15.0'],
  ["it's=1", "it's value=1.0"],
  ["'a=1 b=2", "'a value=1.0", "b value=2.0"],
  ["''=1 b=2", "b value=2.0"],
  ["'=1", "' value=1.0"],
  ["ü=1 'größe'=2", "ü value=1.0", "größe value=2.0"],
  ["C:\\=1", "C:\\_ value=1.0"],
  ["'C:\\'=1", "C:\\_ value=1.0"],
  ["'C:\\ used %'=1", "C:\\\\ used\\ % value=1.0"],
  ["'a\\,b\\=c'=1", "a\\\\,b\\\\=c value=1.0"],
  ["\\\\=1", "\\\\_ value=1.0"],
  ["'a\x01b\x7fc'=1", "a\\ b\\ c value=1.0"],
  [
    "/=1;2;3;0;9 /boot=2",
    "/,crit-fill=none,warn-fill=none crit=3.0,max=9.0,min=0.0,value=1.0,warn=2.0",
    "/boot value=2.0",
  ],
  // blanks
  ["  a=1   b=2  ", "a value=1.0", "b value=2.0"],
  ["a=1; b=2;", "a value=1.0", "b value=2.0"],
  ["a=1\nb=2", "a value=1.0", "b value=2.0"],
  // check_multi
  ["x::y::a=1 b=2 c=3", "x::y::a value=1.0", "x::y::b value=2.0", "x::y::c value=3.0"],
  [
    "a=1 x::y::b=2 c=3 z::w::d=4 e=5",
    "a value=1.0",
    "x::y::b value=2.0",
    "x::y::c value=3.0",
    "z::w::d value=4.0",
    "z::w::e value=5.0",
  ],
  ["'x::y::a b'=1 'c d'=2", "x::y::a\\ b value=1.0", "x::y::c\\ d value=2.0"],
  ["x::y::a=nan b=2", "x::y::b value=2.0"],
  // recorded of real plugins
  ["time=0.001946s;;;0.000000;10.000000", "time,unit=s max=10.000000,min=0.000000,value=0.001946"],
  [
    "time=0.005000s;;;0.000000;10.000000 size=285B;;;0;",
    "time,unit=s max=10.000000,min=0.000000,value=0.005000",
    "size,unit=B min=0.0,value=285.0",
  ],
  ["'connected_users'=90;~:10;10:20:30;;", "connected_users,warn-fill=none value=90.0,warn=10.0"],
  [
    "'connected_users'=63;50;40:50;;",
    "connected_users,crit-fill=outer,warn-fill=none crit-max=50.0,crit-min=40.0,value=63.0,warn=50.0",
  ],
  [
    "'connected_users'=7;@10:50;80;;",
    "connected_users,crit-fill=none,warn-fill=inner crit=80.0,value=7.0,warn-max=50.0,warn-min=10.0",
  ],
  [
    "'connected_users'=63;.5;80;;",
    "connected_users,crit-fill=none,warn-fill=none crit=80.0,value=63.0,warn=0.5",
  ],
  [
    "'/ used'=28039274496B;216442539213;243497856614;0;270553174016 '/ used %'=10.4%;80;90;0;100",
    "/\\ used,crit-fill=none,warn-fill=none,unit=B crit=243497856614.0,max=270553174016.0,min=0.0,value=28039274496.0,warn=216442539213.0",
    "/\\ used\\ %,crit-fill=none,warn-fill=none,unit=% crit=90.0,max=100.0,min=0.0,value=10.4,warn=80.0",
  ],
  [
    "'uptime'=1907s;172800:;86400:;;",
    "uptime,crit-fill=none,warn-fill=none,unit=s crit=86400.0,value=1907.0,warn=172800.0",
  ],
  [
    "'a b'=1234567.5B;80;2.16442539213e+11;-0;10000000000000000000000",
    "a\\ b,crit-fill=none,warn-fill=none,unit=B crit=2.16442539213e+11,max=10000000000000000000000.0,min=-0.0,value=1234567.5,warn=80.0",
  ],
  [
    "'c:\\ Used Space'=80.00Gb;90.00;95.00;0.00;100.00",
    "c:\\\\ Used\\ Space,crit-fill=none,warn-fill=none,unit=Gb crit=95.00,max=100.00,min=0.00,value=80.00,warn=90.00",
  ],
  [
    "'Paging usage is %.2f %%'=42.500000%;40.000000;90.000000;",
    "Paging\\ usage\\ is\\ %.2f\\ %%,crit-fill=none,warn-fill=none,unit=% crit=90.000000,value=42.500000,warn=40.000000",
  ],
  [
    "iso.3.6.1.4.1.99999.2.0=-15;10:100;0:200",
    "iso.3.6.1.4.1.99999.2.0,crit-fill=outer,warn-fill=outer crit-max=200.0,crit-min=0.0,value=-15.0,warn-max=100.0,warn-min=10.0",
  ],
  ["'x=y'=-15", "x\\=y value=-15.0"],
];

describe("the lines of perfdata", () => {
  it("has a table that is worth its name", () => expect(CASES.length).toBeGreaterThanOrEqual(100));

  it.each(CASES)("%j", (perfdata, ...lines) => {
    expect(linesOf(perfdata)).toEqual(lines.map((line) => `${BEFORE}${line}${BEHIND}`));
  });

  it("counts the items that it cannot write", () => {
    const perfdata = `a=nan b=1 ${"x".repeat(70_000)}=1 c=`;
    expect(makeLines({ ...RECORD, perfdata }, OPTIONS)).toMatchObject({ lines: 1, skipped: 3 });
  });

  it("makes no more than 16 MiB of a record whose names are long, and counts the rest", () => {
    const perfdata = "a=1 ".repeat(1_000);
    const { text, lines, skipped } = makeLines({ ...RECORD, host: "h".repeat(60_000), perfdata }, OPTIONS);
    expect(text.length).toBeLessThan(17 * 1024 * 1024);
    expect(lines).toBe(text.split("\n").length - 1);
    expect(lines + skipped).toBe(1_000);
    expect(skipped).toBeGreaterThan(600);
  });

  it("takes a label of a megabyte as quickly as a short one", () => {
    const label = "x ".repeat(500_000);
    expect(linesOf(`'${label}'=1 b=2`)).toEqual([`${BEFORE}b value=2.0${BEHIND}`]);
    expect(linesOf(`${"'a ".repeat(300_000)}`)).toEqual([]);
  });
});

describe("names for databases that read two backslashes as one", () => {
  it.each([
    ["'C:\\ used'=1", "C:\\\\\\ used"],
    ["'C:\\'=1", "C:\\\\_"],
    ["'a\\,b\\c'=1", "a\\\\\\,b\\\\c"],
    ["a=1", "a"],
  ])("%s", (perfdata, label) => {
    const { text } = makeLines({ ...RECORD, perfdata }, { ...OPTIONS, doublesBackslashes: true });
    expect(text).toBe(`${BEFORE}${label} value=1.0${BEHIND}\n`);
  });
});

describe("what stands before the label", () => {
  it.each([
    [{ service: undefined }, "host=h,service=hostcheck,command=c"],
    [{ command: "check_ping!100!20%" }, "host=h,service=s,command=check_ping"],
    [{ command: "" }, "host=h,service=s"],
    [{ host: "web 1", service: "Größe, a=b" }, "host=web\\ 1,service=Größe\\,\\ a\\=b,command=c"],
    [{ host: "dir\\", service: "C:\\" }, "host=dir\\_,service=C:\\_,command=c"],
  ])("is of the record: %j", (record, series) => {
    const bytes = Object.fromEntries(
      Object.entries(record).map(([key, value]) => [key, value === undefined ? value : toByteString(value)]),
    );
    expect(linesOf("a=1", bytes)).toEqual([`metrics,${series},performanceLabel=a value=1.0${BEHIND}`]);
  });

  it("has no tag of the stage unless it is asked for, and a record's own counts more", () => {
    const lineOf = (stage: string | undefined, tags = "") =>
      makeLines({ ...RECORD, perfdata: "a=1", tags }, { ...OPTIONS, stage }).text;
    expect(lineOf(undefined)).toBe(`${BEFORE}a value=1.0${BEHIND}\n`);
    expect(lineOf("prod")).toBe(`${BEFORE}a,stage=prod value=1.0${BEHIND}\n`);
    expect(lineOf("prod", "a=b stage=dev")).toBe(`${BEFORE}a,a=b,stage=dev value=1.0${BEHIND}\n`);
  });

  it("keeps every label of Sakuli, whose dashboards look for them", () => {
    const perfdata =
      "suite_shop=46.96s;300;400;; graph_type_suite=0;;;; suite__state=2;;;; suite__warning=300s;;;; c_001__state=0;;;; c_001_case1=14.13s;20;30;; s_001_001_log_in=1.28s;5;;; [check_sakuli]";
    const [series, time] = ["metrics,host=h,service=s,command=check_sakuli,performanceLabel=", BEHIND];
    expect(linesOf(perfdata)).toEqual(
      [
        "suite_shop,crit-fill=none,warn-fill=none,unit=s crit=400.0,value=46.96,warn=300.0",
        "graph_type_suite value=0.0",
        "suite__state value=2.0",
        "suite__warning,unit=s value=300.0",
        "c_001__state value=0.0",
        "c_001_case1,crit-fill=none,warn-fill=none,unit=s crit=30.0,value=14.13,warn=20.0",
        "s_001_001_log_in,warn-fill=none,unit=s value=1.28,warn=5.0",
      ].map((line) => `${series}${line}${time}`),
    );
  });

  it.each([
    ["suite=1s;2 [check_sakuli]", "check_sakuli"],
    ["suite=1s;2 [check_sakuli] ", "check_sakuli"],
    ["suite=1s;2 [check_x!1]", "check_x"],
    ["suite=1s;2 []", "c"],
    ["suite[1]=1s;2", "c"],
  ])("has the command that the perfdata names: %s", (perfdata, command) => {
    const label = perfdata.slice(0, perfdata.indexOf("="));
    expect(linesOf(perfdata)).toEqual([
      `metrics,host=h,service=s,command=${command},performanceLabel=${label},warn-fill=none,unit=s value=1.0,warn=2.0${BEHIND}`,
    ]);
  });
});

describe("tags and fields that the record brings along", () => {
  it.each([
    ["b=2 a=1", "", "a,a=1,b=2 value=1.0"],
    ["site=Bonn\\ x", "", "a,site=Bonn\\_ value=1.0"],
    ["host=x unit=y value=z", "", "a,value=z value=1.0"],
    ["a a= =b", "", "a value=1.0"],
    ["downtime=true x=1", "", "a,x=1,downtime=true value=1.0"],
    ["", "n=5 text=ok", 'a value=1.0,n=5,text="ok"'],
    ["", 'i=7i f=true e=-1.5e3 q="x" b=a"b\\', 'a value=1.0,b="a\\"b\\\\",e=-1.5e3,f=true,i=7i,q="x"'],
    ["", "value=9 warn=1 ok=1", "a value=1.0,ok=1"],
  ])("tags %j and fields %j", (tags, fields, line) => {
    expect(linesOf("a=1", { tags, fields })).toEqual([`${BEFORE}${line}${BEHIND}`]);
  });

  it("marks a downtime", () => {
    const marked = linesOf("a=1ms;2", { isInDowntime: true, tags: "x=y" });
    expect(marked).toEqual([
      `${BEFORE}a,x=y,warn-fill=none,downtime=true,unit=ms value=1.0,warn=2.0${BEHIND}`,
    ]);
  });
});

describe("a record", () => {
  const KEYS = ["DATATYPE::SERVICEPERFDATA", "TIMET::1441791000", "HOSTNAME::h", "SERVICEDESC::s::t"];
  const without = (word: string) => KEYS.filter((key) => !key.startsWith(word)).join("\t");

  it("has its keys in any order, and may have others", () => {
    const keys = [...KEYS, "SERVICEPERFDATA::x::a=1", "SERVICECHECKCOMMAND::c!1", "SERVICESTATE::0", "?"];
    const record = { ...RECORD, service: "s::t", command: "c!1", perfdata: "x::a=1" };
    expect(readRecord(keys.join("\t"))).toEqual(record);
    expect(readRecord(keys.toReversed().join("\t"))).toEqual(record);
  });

  it.each([
    [without("DATATYPE"), "no data type"],
    [without("TIMET"), "no time"],
    [without("HOSTNAME"), "no host"],
    [without("SERVICEDESC"), "no service"],
    [KEYS.join("\t").replace("1441791000", "now"), "no time"],
    [KEYS.join("\t").replace("1441791000", "9999999999"), "no time"],
    ["junk", "no data type"],
  ])("is none: %j", (line, fault) => expect(readRecord(line)).toBe(fault));

  it.each([
    ["NAGFLUX:TARGET::second", { target: "second" }],
    ["NAGFLUX:TARGET::all", { target: undefined }],
    ["HOSTDOWNTIME::1", { isInDowntime: true }],
    ["SERVICEDOWNTIME::2", { isInDowntime: true }],
    ["SERVICEDOWNTIME::0\tHOSTDOWNTIME::$HOSTDOWNTIME$", { isInDowntime: false }],
    ["NAGFLUX:TAG::a=1 b=2\tNAGFLUX:FIELD::c=3", { tags: "a=1 b=2", fields: "c=3" }],
  ])("may have %s", (more, said) => {
    expect(readRecord([...KEYS, more].join("\t"))).toMatchObject(said);
  });

  it("is of the host and the service that the core names first, whatever the perfdata of a plugin says", () => {
    const forged = "a=1\tHOSTNAME::x\tSERVICEDESC::y\tTIMET::7\tDATATYPE::HOSTPERFDATA\tHOSTPERFDATA::z=2";
    const record = [...KEYS, `SERVICEPERFDATA::${forged}`, "SERVICECHECKCOMMAND::c!1"].join("\t");
    expect(readRecord(record)).toEqual({ ...RECORD, service: "s::t", command: "c!1", perfdata: "a=1" });
  });

  it("of a host has no service", () => {
    const host = "DATATYPE::HOSTPERFDATA\tTIMET::1\tHOSTNAME::h\tHOSTPERFDATA::a=1\tHOSTCHECKCOMMAND::c";
    expect(readRecord(host)).toEqual({ ...RECORD, service: undefined, perfdata: "a=1", time: "1" });
  });
});
