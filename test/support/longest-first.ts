import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, and how many seconds each took when all were run. */
export const LONGEST: Readonly<Record<string, number>> = {
  "test/page/browser.test.ts": 75,
  "test/plugins/http/check_curl_differential.test.ts": 51,
  "test/executor/shells/shells.test.ts": 50,
  "test/e2e/start.test.ts": 50,
  "test/plugins/ssh/check_by_ssh_differential.test.ts": 48,
  "test/helm/programs.test.ts": 48,
  "test/e2e/site-checks.test.ts": 45,
  "test/e2e/hostile-jobs.test.ts": 40,
  "test/fuzz/odd_servers_differential.test.ts": 40,
  "test/executor/shells/shells-other.test.ts": 36,
  "test/plugins/nrpe/check_nrpe_differential.test.ts": 36,
  "test/e2e/zulip-bot.test.ts": 35,
  "test/e2e/shutdown.test.ts": 35,
  "test/run/site/threads/site-folder.test.ts": 35,
  "test/executor/interpreters/debian-plugins.test.ts": 30,
  "test/plugins/snmp/check_snmp_differential.test.ts": 30,
  "test/executor/interpreters/interpreters.test.ts": 30,
  "test/page/reading.test.ts": 28,
  "test/plugins/snmp/mibs/names.test.ts": 27,
  "test/sdk/names/names.test.ts": 25,
  "test/plugins/icmp/check_icmp_differential.test.ts": 23,
  "test/e2e/zulip-bot-commands.test.ts": 23,
  "test/helm/helm-test.test.ts": 21,
  "test/helm/zulip-notifier.test.ts": 21,
  "test/e2e/outage.test.ts": 21,
  "test/e2e/secrets-of-programs.test.ts": 20,
  "test/e2e/secrets-of-logins.test.ts": 17,
  "test/executor/shells/shells-state.test.ts": 21,
  "test/plugins/tcp/check_tcp_differential.test.ts": 21,
  "test/plugins/pgsql/check_pgsql_differential.test.ts": 20,
  "test/examples/rollout.test.ts": 20,
  "test/e2e/page.test.ts": 19,
  "test/e2e/zulip-bot-changes.test.ts": 19,
  "test/fuzz/targets.test.ts": 18,
  "test/plugins/mssql/check_mssql_health.test.ts": 18,
  "test/e2e/warm.test.ts": 17,
  "test/helm/network-policy.test.ts": 17,
  "test/helm/pools.test.ts": 17,
  "test/executor/shells/shells-pool.test.ts": 16,
  "test/plugins/dns/check_dns_differential.test.ts": 16,
  "test/plugins/icmp/check_icmp.test.ts": 16,
  "test/e2e/demo.test.ts": 20,
  "test/examples/rollout-hostile.test.ts": 15,
  "test/plugins/smtp/check_smtp_differential.test.ts": 15,
  "test/plugins/http/check_http_differential.test.ts": 15,
  "test/plugins/mysql/check_mysql_differential.test.ts": 15,
  "test/e2e/spool.test.ts": 14,
  "test/e2e/icinga2-notifications.test.ts": 14,
  "test/e2e/alert-chain.test.ts": 14,
  "test/e2e/perfdata-annotations.test.ts": 10,
  "test/integrations/chat-server/python-client.test.ts": 12,
  "test/plugins/snmp/check_snmp.test.ts": 14,
  "test/e2e/check-command.test.ts": 14,
  "test/plugins/ssh/time-share.test.ts": 14,
};

/** They begin first, so that a run does not end with one of them alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => secondsOf(other) - secondsOf(one));
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const [, path = ""] = /\/(test\/[^/].*)$/.exec(moduleId) ?? [];
  return LONGEST[path] ?? 0;
}
