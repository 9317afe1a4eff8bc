export const TRUE = { command: "/bin/true" } as const;
export const DUMMY = { command: "{plugins}/check_dummy 0 ok", output: "^OK: ok$" } as const;
export const MEGABYTE = { command: "head -c 1000000 /dev/zero | tr '\\000' x", output: "^x+$" } as const;
export const FILE_AGE = {
  command: "{plugins}/check_file_age -w 999999999 -c 999999999 -W 0 -C 0 -f {data}/status.json",
  output: "^FILE_AGE OK: ",
} as const;
export const JSON_VALUE = {
  command: "{data}/check_json_value.py --file={data}/status.json --key=queue.length -w 100 -c 200",
  output: "^JSON OK - queue.length is 17",
} as const;
export const ENTRIES = {
  command: "{data}/check_entries.pl --directory=/etc",
  output: "^ENTRIES OK - \\d+ entries",
  needs: {
    what: "Perl's Monitoring::Plugin",
    probe: ["/usr/bin/perl", "-MMonitoring::Plugin", "-e", "1"],
  },
} as const;

/** A plugin of about 3,500 lines that says -epn (`stand-ins/large-plugin.ts`). */
export const LARGE = {
  command: "{large} --mode=7",
  output: "^LARGE OK - the value of m7_0 is 0.50s",
} as const;

export const EXECUTING = ["--native_checks=off"] as const;
export const WARM = [
  "--enable_embedded_perl=on",
  "--use_embedded_perl_implicitly=on",
  "--warm_python=implicitly",
] as const;

/** The modules that these plugins load while they run are loaded ahead. */
export const LOADED = [
  "--warm_load=check_entries.pl:Monitoring::Plugin::Getopt+Monitoring::Plugin::Performance,check_json_value.py:locale+shutil",
] as const;

export const EXECUTED = { warmUp: 200, own: EXECUTING } as const;
