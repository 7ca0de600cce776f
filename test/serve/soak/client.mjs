/** One client of the soak: `client.mjs KIND SEED`. Prints a line of JSON for each outcome; runs until it is killed. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sql as raw } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import pg from "pg";
import postgres from "postgres";

const [, , kind, seed] = process.argv;
const url = process.env.SERVE_URL;
const name = `${kind}-${seed}`;

let state = Number(seed) * 2_654_435_761;
/** A number from 0 to below `limit`. */
function random(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** Two different accounts and an amount, as every transfer needs them. */
function plan() {
  const from = 1 + random(100);
  return { from, to: 1 + ((from + random(99)) % 100), cents: random(50), fails: random(10) === 0 };
}

const take = "UPDATE account SET cents = cents - $1 WHERE id = $2";
const give = "UPDATE account SET cents = cents + $1 WHERE id = $2";
const planned = new Error("planned failure");

async function withPg() {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on("error", () => {});
  await client.connect();
  return async () => {
    const { from, to, cents, fails } = plan();
    try {
      await client.query("BEGIN");
      await client.query(take, [cents, from]);
      if (fails) await client.query("SELECT 1 / 0").catch(() => Promise.reject(planned));
      await client.query(give, [cents, to]);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    }
  };
}

function withPool() {
  const sql = postgres(url, { max: 10, onnotice: () => {}, connection: { application_name: name } });
  const transfer = () =>
    sql.begin(async (tx) => {
      const { from, to, cents, fails } = plan();
      await tx.unsafe(take, [cents, from]);
      if (fails) throw planned;
      await tx.unsafe(give, [cents, to]);
    });
  return async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, transfer));
    const failed = outcomes.find(({ status, reason }) => status === "rejected" && reason !== planned);
    if (failed !== undefined) throw failed.reason;
  };
}

function withDrizzle() {
  const db = drizzle(postgres(url, { max: 2, connection: { application_name: name } }));
  return () =>
    db.transaction(async (tx) => {
      const { from, to, cents, fails } = plan();
      await tx.execute(raw`UPDATE account SET cents = cents - ${cents} WHERE id = ${from}`);
      const rows = await tx.execute(raw`SELECT sum(cents)::int AS sum FROM account`);
      // Its own change is visible to no other client, and theirs not to it.
      if (rows[0].sum !== 100_000 - cents)
        throw new Error(`interleaved: ${rows[0].sum} and not ${100_000 - cents}`);
      if (fails) throw planned;
      await tx.execute(raw`UPDATE account SET cents = cents + ${cents} WHERE id = ${to}`);
    });
}

function withPsql() {
  return async () => {
    const { from, to, cents } = plan();
    const script = `BEGIN; UPDATE account SET cents = cents - ${cents} WHERE id = ${from};
      UPDATE account SET cents = cents + ${cents} WHERE id = ${to}; COMMIT;`;
    const failed = await promisify(execFile)(
      "psql",
      ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", url, "-c", script],
      {
        env: { ...process.env, PGAPPNAME: name },
      },
    ).catch((error) => error);
    const [, code, message] = /ERROR: {2}(\w{5}): (.*)/.exec(failed.stderr ?? "") ?? [];
    if (code !== undefined) throw Object.assign(new Error(message), { code, detail: failed.stderr });
    if (failed instanceof Error) throw failed;
  };
}

/** Is idle in a transaction for longer than the others wait. */
async function asHolder() {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on("error", () => {});
  await client.connect();
  return async () => {
    await client.query("BEGIN");
    await client.query("SELECT sum(cents) FROM account");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await client.query("COMMIT");
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  };
}

function report(error) {
  const { code, message, detail } = error.cause ?? error;
  print(error === planned ? { outcome: "planned" } : { outcome: code ?? "error", message, detail });
}

function print(outcome) {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

// postgres.js asks for types when it connects, and does not report a failure of that otherwise.
process.on("unhandledRejection", report);

const kinds = { pg: withPg, pool: withPool, drizzle: withDrizzle, psql: withPsql, holder: asHolder };
const transfer = await kinds[kind]();
for (;;) {
  try {
    await transfer();
    print({ outcome: "ok" });
  } catch (error) {
    report(error);
  }
}
