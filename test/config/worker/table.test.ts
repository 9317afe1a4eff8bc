import { describe, expect, it } from "vitest";
import { createOptionFinder, spellings } from "../../../src/config/find-option.ts";
import { renderDefault } from "../../../src/config/render/option-text.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { configKey } from "../../../src/config/values.ts";
import { WORKER_OPTIONS } from "../../../src/config/worker/options.ts";
import { GROUPS, loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";
import { HELP, MARKDOWN, SAMPLE } from "../rendered.ts";

const OPTIONS = optionsOf(GROUPS);
const { find: findOption } = createOptionFinder(OPTIONS);
const BY_NAME = OPTIONS.map((option) => [option.name, option] as const);
const BY_SPELLING = OPTIONS.flatMap((option) => spellings(option).map((key) => [key, option] as const));

/** Every key the parsers of the C worker 5.2.4 and of the Go worker 1.7 compare with. */
const KEYS_OF_THE_PEERS = `
accept_clear_results active backgrounding-threshold config configfile cpuprofile d daemon debug debug-profiler debug-result
debug_result delimiter do_hostchecks dup_results_are_passive dupserver dupserver_backlog_queue_size enable_embedded_perl
encryption eventhandler eventhandlers export finishtime fork_on_exec gearman_connection_timeout host host_perfdata_template
hostgroup hostgroups hosts identifier idle-timeout include internal_check_dummy internal_check_nsc_web
internal_check_prometheus internal_negate job_timeout key keyfile latency latency_flatten_window load_cpu_multi load_limit1
load_limit15 load_limit5 localhostgroup localhostgroups localservicegroup localservicegroups log_stats_interval logfile
logmode m max-age max-jobs max-worker mem_limit memprofile message min-worker notification notifications num-result-worker
orphan_host_checks orphan_return orphan_service_checks p1_file password passwordfile perfdata perfdata_mode perfdata_send_all
pidfile prometheus_server queue_custom_variable r restrict_command_characters restrict_path restrictpath result_queue
result_workers retries retry-interval return_code returncode route_eventhandler_like_checks server service
service_perfdata_template servicegroup servicegroups services show_error_output sink-rate spawn-rate starttime t timeout
timeout_return use_embedded_perl_implicitly use_perl_cache use_uniq_jobs workaround_rc_25 worker_name_in_result`
  .trim()
  .split(/\s+/);

/** A value each kind takes without a remark. */
const GOOD_VALUE: Readonly<Record<string, string>> = {
  "yes or no": "no",
  "yes or no, strict": "no",
  "whole number": "1",
  "[HOST]:PORT": "127.0.0.1:9050",
  number: "1.5",
  text: "long enough",
  path: "/dev/null",
  folder: "/usr/lib/plugins",
  characters: ";",
  "names, comma-separated": "a,b",
  "plugin:module+module, comma-separated": "check_a:Module::A",
  "QUEUE:NUMBER, comma-separated": "service:7",
  "NAME:COUNT/TIME, comma-separated": "restart:20/1h",
  "QUEUE:USER, comma-separated": "service:nobody",
  "QUEUE:NAME=VALUE,NAME=VALUE, one queue a line": "service:cpu=30,as=1G",
  "queues, comma-separated": "service",
  "path, one a line": "/usr/lib/plugins",
  "file, one a line": "/etc/more.key",
  "HOST[:PORT]=FILE, one a line": "localhost=/etc/more.key",
  "HOST[:PORT]=KEY, one a line": "localhost=one of the keys",
  "text, one a line": "one of the keys",
  "host[:port], comma-separated": "localhost:1",
  "automatic, file, stdout, syslog": "file",
  "off, on, pre_perfdata": "on",
  "path, strict": "path",
  "command, one a line": "/p/check_tcp -H <host>",
  "off, on, shadow": "shadow",
  "off, on, auto": "on",
  "user:hash or path": "/etc/htpasswd",
  "text, json": "json",
  "off, marked, implicitly": "implicitly",
};

/** A line that another one makes no sense without. */
const NEEDED: Readonly<Record<string, string>> = {
  restrict_allow: "restrict_mode=strict",
  native_checks_as_worker: "queue_user=service:nobody",
};

describe("the table", () => {
  it.each(KEYS_OF_THE_PEERS)("knows %s, as a peer does", (key) => {
    expect(findOption(key)).toBeDefined();
  });

  it("has every spelling and every property once", () => {
    const keys = BY_SPELLING.map(([key]) => key.replaceAll("_", "-"));
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    const properties = OPTIONS.map(({ name }) => configKey(name));
    expect(new Set(properties).size).toBe(properties.length);
  });

  it("is the worker's own options and the settings of the families", () => {
    expect(
      OPTIONS.filter(
        ({ name }) => !/^native_(?:db_pool|nrpe_resume|(?:http|nsc|ssh)_keepalive|values_folder)$/.test(name),
      ),
    ).toEqual(WORKER_OPTIONS);
  });

  it.each(BY_NAME)("%s is explained", (_, option) => {
    expect(option.help).toMatch(/^.+[.]$/);
    expect(option.help).not.toMatch(/\n|#\S/);
    expect(option.knownBy).not.toEqual([]);
    expect(option.effect === "none" ? option.why : "-").not.toBe("");
  });

  it.each(
    BY_NAME.filter(([, { defaultText, default: value }]) => defaultText === undefined && value !== undefined),
  )("the default of %s is a value of its kind", (name, option) => {
    if (Array.isArray(option.default)) return expect(renderDefault(option)).toBe("");
    const text = name === "delimiter" ? "\t" : renderDefault(option);
    expect(option.kind.read({ key: name, text }, undefined)).toEqual({ value: option.default, remarks: [] });
  });
});

describe("every spelling", () => {
  it.each(BY_SPELLING.filter(([, { effect }]) => effect !== "include"))("%s is read", (key, option) => {
    const text = GOOD_VALUE[option.kind.name];
    if (text === undefined) throw new Error(`no example of ${option.kind.name}`);
    const lines = [
      `${key}=${text}`,
      `--${key.replaceAll("_", "-")}=${text}`,
      `${key.replaceAll("-", "_")}=${text}`,
    ];
    for (const line of lines) {
      const needed = NEEDED[option.name] ?? "services";
      // Files of TLS without TLS are taken for a mistake, unless it was turned off.
      const more = option.name.startsWith("tls_") ? ["tls=no"] : [];
      const loaded = loadMinimal(["hosts", "services", needed, line, ...more], {
        files: { "/usr/lib/plugins/check_a.ts": "" },
      });
      expect(warningsOf(loaded)).toEqual([]);
      expect(loaded.origins.get(option.name)?.at(-1)).toEqual({ file: "command line" });
    }
  });

  it.each(BY_SPELLING.filter(([, { effect }]) => effect === "none"))("%s changes nothing", (key, option) => {
    const text = GOOD_VALUE[option.kind.name];
    const { config, withoutEffect } = loadMinimal(["hosts", `${key}=${text}`]);
    expect(config).toEqual(loadMinimal(["hosts"]).config);
    expect(withoutEffect).toEqual([option]);
  });

  it.each(BY_SPELLING.filter(([, { effect }]) => effect === "none"))("%s never stops the start", (key) => {
    for (const line of [key, `${key}=`, `${key}=junk`, `${key}=-1`]) {
      expect(problemsOf(() => loadMinimal(["hosts", line]))).toBeUndefined();
    }
  });
});

describe("every option", () => {
  it.each(BY_NAME)("%s is in docs/configuration.md", (name) => {
    expect(MARKDOWN).toContain(`| \`${name}\``);
  });

  it.each(BY_NAME.filter(([, { effect }]) => effect !== "none"))(
    "%s is in the help and the sample",
    (name) => {
      expect(HELP).toMatch(new RegExp(`^  --${name}\\b`, "m"));
      expect(SAMPLE).toMatch(new RegExp(`^#?${name}=`, "m"));
    },
  );
});
