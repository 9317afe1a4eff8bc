import { yesOrNo } from "../../../sdk/setting.ts";

export const NATIVE_DB_POOL = yesOrNo("native_db_pool", {
  default: false,
  help: "The checks of databases that the worker knows itself (check_pgsql, check_mysql, check_mysql_query, check_mssql_health, check_mssql) leave their connections open for the next check of the same database with the same login. That saves most of their work, but the time check_pgsql shows is then that of an empty query, and no longer does every check prove that the server takes new connections and still accepts the password. See docs/native-checks.md.",
});
