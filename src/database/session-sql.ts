/** Begins a transaction that writes, whatever the default of a role, a database or an earlier statement is. */
export const beginSql = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE;";

/**
 * Lets the server check every two seconds whether the client is still connected: otherwise a statement of a killed
 * runner would run to its end and keep its locks. Also resets timeouts of the role that would end sessions while they
 * wait for another database, or long transactions. Older servers and some systems lack some of these settings.
 */
export const keepAliveSql = [
  "DO $$ DECLARE setting pg_catalog.text[]; BEGIN",
  "FOREACH setting SLICE 1 IN ARRAY ARRAY[['client_connection_check_interval', '2s'], ['idle_session_timeout', '0'], ['transaction_timeout', '0']] LOOP",
  "BEGIN PERFORM pg_catalog.set_config(setting[1], setting[2], false); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$;",
].join(" ");

/**
 * With this setting on, the planner of an embedded database in memory takes the sizes that the catalogs have for
 * those of the files, so that it plans for tables of any size while their files are almost empty. It changes nothing
 * else: what runs, reads the files.
 */
export const sizesSetting = "socrates_db.plan_by_statistics";
