/** Begins a transaction that writes, whatever a role, a database or an earlier statement has set as its default. */
export const beginSql = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE;";

/**
 * Lets the server check every two seconds whether we are still there: a statement of a killed runner would otherwise run
 * to its end, and keep its locks until then. Removes what a role may have set that ends sessions which wait for another
 * database, or transactions that take long. Older servers, and some systems, do not know all of these settings.
 */
export const keepAliveSql = [
  "DO $$ DECLARE setting pg_catalog.text[]; BEGIN",
  "FOREACH setting SLICE 1 IN ARRAY ARRAY[['client_connection_check_interval', '2s'], ['idle_session_timeout', '0'], ['transaction_timeout', '0']] LOOP",
  "BEGIN PERFORM pg_catalog.set_config(setting[1], setting[2], false); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$;",
].join(" ");
