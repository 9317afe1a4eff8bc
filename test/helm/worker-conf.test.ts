import { describe, expect, it } from "vitest";
import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { optionsOf } from "../../src/config/table.ts";
import { workerGroups } from "../../src/config/worker/options.ts";
import { load, warningsOf } from "../support/config/load-memory.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { find, type KubeObject, objectsOf } from "../support/helm/template.ts";
import { createCertificate, inDays } from "../support/servers/certificates.ts";

const FOLDER = "/etc/omd-worker/conf";
const FILES = {
  "/etc/omd-worker/key/gearman.key": "a_key_of_this_test",
  "/etc/omd-worker/secrets/core": "a",
};

const snmp = (pool: object) => ({ pools: { snmp: pool } });
const args = (objects: readonly KubeObject[]): readonly string[] =>
  find(objects, "Deployment", "omd-snmp-worker").spec.template.spec.containers[0].args;
const conf = (objects: readonly KubeObject[]): string =>
  find(objects, "ConfigMap", "omd-snmp-worker").data["worker.conf"];

/** What the worker makes of its arguments and its file, in a container of the pool. */
function loadPool(values: object) {
  const objects = objectsOf(values);
  return load(args(objects), { files: { ...FILES, [`${FOLDER}/worker.conf`]: conf(objects) } });
}

/** A value for each option that is not its default, as the schema takes it. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  stage: "prod",
  queue_max_worker: ["servicegroup_snmp:3"],
  job_timeout: 30,
  timeout_return: 3,
  "max-age": 90,
  replay_window: 300,
  show_error_output: false,
  worker_name_in_result: "pre_perfdata",
  workaround_rc_25: true,
  restrict_path: ["/usr/lib/nagios/plugins", "/opt/a, b"],
  restrict_command_characters: "$&",
  restrict_mode: "strict",
  restrict_allow: ["/p/check_tcp -H <host> -p <number>", "/p/check_x ..."],
  plugin_environment: ["HOME", "LC_*"],
  queue_user: ["servicegroup_snmp:nobody"],
  queue_limits: ["servicegroup_snmp:cpu=30,nproc=50"],
  native_checks_as_worker: ["servicegroup_snmp"],
  eventhandler_allow: ["/h/restart --host=<host> ..."],
  eventhandler_rate: ["restart:3/1h/each", "*:20/1h"],
  eventhandler_dry_run: ["new-handler"],
  eventhandler_log: "/var/log/omd-worker/event-handlers.jsonl",
  eventhandler_log_size: 0,
  native_checks: "shadow",
  native_checks_only: ["check_tcp", "check_http"],
  native_checks_except: ["check_ssh"],
  native_checks_experimental: ["check_disk"],
  native_http_keepalive: true,
  native_ssh_keepalive: true,
  native_db_pool: true,
  native_nsc_keepalive: true,
  native_nrpe_resume: true,
  native_target_max: 20,
  shadow_share: 2.5,
  shadow_file: "/tmp/shadow",
  plugin_path: ["/opt/checks", "/opt/more"],
  internal_check_dummy: false,
  internal_negate: false,
  internal_check_nsc_web: false,
  internal_check_prometheus: false,
  dupserver_backlog_queue_size: 2_000_000,
  result_max_age: 0,
  result_spool: "/var/lib/omd-worker/results",
  result_spool_max_size: 5,
  gearman_connection_timeout: 100,
  grab_interval: 25,
  dup_results_are_passive: false,
  "min-worker": 3,
  "max-worker": 77,
  "idle-timeout": 0,
  "spawn-rate": 5,
  summary_interval: 0,
  load_limit1: 4.5,
  load_limit5: 4,
  load_limit15: 3,
  load_cpu_multi: 2,
  mem_limit: 90,
  control_socket: false,
  shutdown_timeout: 120,
  debug: 1,
  log_format: "json",
  "debug-result": true,
  enable_embedded_perl: false,
  use_embedded_perl_implicitly: true,
  warm_python: false,
  warm_include: ["check_*.pl"],
  warm_except: ["check_a.pl"],
  warm_load: ["check_a.pl:Module::A+Module::B"],
  warm_max: 5,
  warm_memory: 64,
  native_values_folder: "/tmp/values",
  status_page: true,
  status_page_auth: "/etc/omd-worker/page/logins",
};

const SET_BY_CHART = [
  ...["server", "dupserver", "encryption", "key", "keyfile"],
  ...[
    "accepted_key",
    "accepted_keyfile",
    "server_key",
    "server_keyfile",
    "dupserver_key",
    "dupserver_keyfile",
  ],
  ...["tls", "tls_ca_file", "tls_certificate", "tls_key", "tls_server_name"],
  ...["hosts", "services", "eventhandler", "notifications", "hostgroups", "servicegroups"],
  ...["secret_dir", "prometheus_server", "reload_on_change", "identifier"],
  ...["pidfile", "daemon", "logfile", "logmode"],
];

describe.skipIf(!hasTool("helm"))("what the chart gives to a worker", () => {
  it("is read without a warning", () => {
    const loaded = loadPool({
      gearman: { servers: ["192.0.2.1", "b:4731"], dupservers: ["c"] },
      ...snmp({
        queues: {
          hosts: true,
          services: true,
          eventhandler: true,
          notifications: true,
          hostgroups: ["Büro", "a b"],
          servicegroups: ["snmp"],
          custom: ["hostgroup_dmz", "servicegroup_x"],
        },
        credentials: { secretDir: [{ name: "communities" }] },
      }),
    });
    expect(warningsOf(loaded)).toEqual([]);
    const { config } = loaded;
    expect(config.server).toEqual([
      { host: "192.0.2.1", port: 4730 },
      { host: "b", port: 4731 },
    ]);
    expect(config.dupserver).toEqual([{ host: "c", port: 4730 }]);
    const groups = config.hostgroups.map((name) => Buffer.from(name, "latin1").toString());
    expect(groups).toEqual(["Büro", "a b", "dmz"]);
    expect(config).toMatchObject({
      hosts: true,
      services: true,
      eventhandler: true,
      notifications: true,
      servicegroups: ["snmp", "x"],
      encryption: true,
      secretDir: "/etc/omd-worker/secrets",
      prometheusServer: { host: undefined, port: 9050 },
      reloadOnChange: true,
      maxWorker: 50,
      shutdownTimeout: 60,
      logFormat: "json",
    });
    expect(config.key?.reveal().toString()).toBe("a_key_of_this_test");
  });

  it("has TLS with the files of a Secret, of the pool if it has one, and several keys", () => {
    const certificate = createCertificate({ commonNames: ["worker"], notAfter: inDays(100) });
    const tls = { enabled: true, existingSecret: "omd-tls", serverName: "gearmand" };
    const gearman = { tls, acceptedKeys: ["former"], dupserverKey: "archive", dupservers: ["c"] };
    const objects = objectsOf({ gearman, ...snmp({ credentials: { tlsSecret: "snmp-tls" } }) });
    const loaded = load(args(objects), {
      files: {
        ...FILES,
        [`${FOLDER}/worker.conf`]: conf(objects),
        "/etc/omd-worker/key/accepted-0.key": "the_former_key",
        "/etc/omd-worker/key/dupserver.key": "the_key_of_copies",
        "/etc/omd-worker/tls/ca.crt": certificate.cert,
        "/etc/omd-worker/tls/tls.crt": certificate.cert,
        "/etc/omd-worker/tls/tls.key": certificate.key,
      },
      modes: { "/etc/omd-worker/tls/tls.key": 0o440 },
    });
    expect(warningsOf(loaded)).toEqual([]);
    const { server, dupserver, tlsServerName, acceptedKey, dupserverKey } = loaded.config;
    expect([...server, ...dupserver].every((each) => each.tls !== undefined)).toBe(true);
    expect(tlsServerName).toBe("gearmand");
    expect(acceptedKey.map((key) => key.reveal().toString())).toEqual(["the_former_key"]);
    expect(dupserverKey?.reveal().toString()).toBe("the_key_of_copies");
    const volumesOf = (name: string) =>
      find(objects, "Deployment", name).spec.template.spec.volumes.filter(
        ({ name: each }: { name: string }) => each === "tls" || each === "key",
      );
    expect(volumesOf("omd-snmp-worker")).toEqual([
      {
        name: "key",
        secret: {
          secretName: "the-key",
          defaultMode: 0o440,
          items: [
            { key: "key", path: "gearman.key" },
            { key: "former", path: "accepted-0.key" },
            { key: "archive", path: "dupserver.key" },
          ],
        },
      },
      {
        name: "tls",
        secret: {
          secretName: "snmp-tls",
          defaultMode: 0o440,
          items: ["ca.crt", "tls.crt", "tls.key"].map((each) => ({ key: each, path: each })),
        },
      },
    ]);
    expect(volumesOf("omd-db-worker")[1].secret.secretName).toBe("omd-tls");
  });

  it("shows no client certificate where there is none", () => {
    const tls = { enabled: true, existingSecret: "omd-tls", clientCertificate: false };
    const objects = objectsOf({ gearman: { tls } });
    expect(conf(objects)).toMatch(/^tls=on$/m);
    expect(conf(objects)).toMatch(/^tls_ca_file=\/etc\/omd-worker\/tls\/ca\.crt$/m);
    expect(conf(objects)).not.toMatch(/tls_certificate|tls_key/);
  });

  it("has no key where there is no encryption, and no other queues than those named", () => {
    const loaded = loadPool({ gearman: { encryption: false, existingSecret: "" } });
    expect(warningsOf(loaded)).toEqual([expect.stringContaining("without encryption and TLS")]);
    expect(loaded.config).toMatchObject({
      encryption: false,
      key: undefined,
      servicegroups: ["snmp"],
      hostgroups: [],
      hosts: false,
      services: false,
      eventhandler: false,
      notifications: false,
    });
  });

  it("takes every option of the worker, with a value that is not its default", () => {
    const objects = objectsOf(snmp({ config: SAMPLES }));
    const checks = { "/opt/checks/check_a.ts": "", "/opt/more/check_b.ts": "" };
    const files = { ...FILES, ...checks, [`${FOLDER}/worker.conf`]: conf(objects) };
    const loaded = load(args(objects), { files });
    expect(warningsOf(loaded)).toEqual([]);
    expect(Object.keys(SAMPLES).filter((name) => !loaded.origins.has(name))).toEqual([]);
    expect(loaded.config).toMatchObject({
      dupserverBacklogQueueSize: 2_000_000,
      shadowShare: 2.5,
      idleTimeout: 0,
      nativeChecks: "shadow",
      warmPython: "off",
      statusPage: "on",
      showErrorOutput: false,
      logFormat: "json",
      restrictPath: ["/usr/lib/nagios/plugins", "/opt/a, b"],
      restrictAllow: [
        ["/p/check_tcp", "-H", "<host>", "-p", "<number>"],
        ["/p/check_x", "..."],
      ],
      warmLoad: [{ plugin: "check_a.pl", modules: ["Module::A", "Module::B"] }],
    });
  });

  it("has a sample above for every option that a pool may set", () => {
    const options = optionsOf(workerGroups(BUILTIN_SETTINGS)).filter(({ effect }) => effect === "full");
    const names = options.map(({ name }) => name);
    expect(names.filter((name) => !(name in SAMPLES)).toSorted()).toEqual(SET_BY_CHART.toSorted());
  });

  it("has what needs a start as arguments, and all else in the file", () => {
    const objects = objectsOf(snmp({ config: SAMPLES }));
    expect(args(objects)).toEqual([
      `--config=${FOLDER}/worker.conf`,
      "--prometheus_server=:9050",
      "--control_socket=off",
      "--log_format=json",
      "--plugin_environment=HOME",
      "--plugin_environment=LC_*",
      "--result_spool=/var/lib/omd-worker/results",
      "--status_page=on",
      "--status_page_auth=/etc/omd-worker/page/logins",
    ]);
    expect(conf(objects)).not.toMatch(/^(?:control_socket|log_format|status_page)/m);
  });
});
