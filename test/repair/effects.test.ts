import { afterAll, beforeAll, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import { insideTransaction } from "../../src/database/inside-transaction.ts";
import type { Session } from "../../src/database/session.ts";
import { type Effect, Effects } from "../../src/repair/effects.ts";
import { lockModes } from "../../src/repair/statement-rules.ts";
import type { ObjectKey } from "../../src/schema/model.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const setup = `CREATE DOMAIN free AS text;
CREATE DOMAIN small AS integer CHECK (VALUE < 100);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE jars (id integer PRIMARY KEY, code varchar(10), name text, price numeric(8,2), at timestamp(3), fixed char(4), flags varbit(4), feeling mood, size integer, "Odd" text);
INSERT INTO jars VALUES (1, 'a', 'b', 1, '2020-01-01', 'x', B'1', 'sad', 1, 'c');
CREATE INDEX jars_code ON jars (code);
CREATE INDEX jars_name ON jars (name);
CREATE UNIQUE INDEX jars_size ON jars (size);
ALTER TABLE jars ADD CONSTRAINT pending CHECK (size > 0) NOT VALID;
CREATE TABLE lids (id integer PRIMARY KEY, jar_id integer);
INSERT INTO lids VALUES (1, 1);
ALTER TABLE lids ADD CONSTRAINT lids_jar FOREIGN KEY (jar_id) REFERENCES jars NOT VALID;
CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);
CREATE TABLE parts_2 (id integer);
CREATE INDEX parts_id ON parts (id);
CREATE VIEW names AS SELECT id FROM lids;
CREATE MATERIALIZED VIEW sums AS SELECT id FROM jars;
CREATE SEQUENCE numbers;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER watch AFTER INSERT ON jars FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE RULE skip AS ON DELETE TO lids DO INSTEAD NOTHING;
CREATE POLICY mine ON jars;
CREATE PUBLICATION news FOR TABLE lids`;

const alter = "ALTER TABLE public.jars";

/** Statements in the forms of scripts, each with the object that it concerns. */
const statements: readonly (readonly [sql: string, object: ObjectKey])[] = [
  ["CREATE INDEX by_size ON public.jars (size)", "index public.jars.by_size"],
  ['CREATE UNIQUE INDEX "By odd" ON public.jars USING btree ("Odd")', 'index public.jars."By odd"'],
  ["CREATE INDEX parts_only ON ONLY public.parts (id)", "index public.parts.parts_only"],
  ["DROP INDEX public.jars_code", "index public.jars.jars_code"],
  [`${alter} ADD CONSTRAINT positive CHECK ((size > 0))`, "constraint public.jars.positive"],
  [`${alter} ADD CONSTRAINT positive CHECK ((size > 0)) NOT VALID`, "constraint public.jars.positive"],
  [`${alter} VALIDATE CONSTRAINT pending`, "constraint public.jars.pending"],
  [`${alter} DROP CONSTRAINT pending`, "constraint public.jars.pending"],
  [`${alter} ADD CONSTRAINT by_name UNIQUE (name)`, "constraint public.jars.by_name"],
  [`${alter} ADD CONSTRAINT by_size UNIQUE USING INDEX jars_size`, "constraint public.jars.by_size"],
  [`${alter} ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)`, "constraint public.jars.apart"],
  [
    "ALTER TABLE public.lids ADD CONSTRAINT to_jar FOREIGN KEY (jar_id) REFERENCES public.jars (id)",
    "constraint public.lids.to_jar",
  ],
  [
    "ALTER TABLE public.lids ADD CONSTRAINT to_jar FOREIGN KEY (jar_id) REFERENCES public.jars (id) ON DELETE CASCADE NOT VALID",
    "constraint public.lids.to_jar",
  ],
  ["ALTER TABLE public.lids VALIDATE CONSTRAINT lids_jar", "constraint public.lids.lids_jar"],
  [`${alter} ALTER COLUMN size SET NOT NULL`, "column public.jars.size"],
  [`${alter} ALTER COLUMN size SET DEFAULT 1`, "column public.jars.size"],
  [`${alter} ALTER COLUMN "Odd" SET STATISTICS 500`, 'column public.jars."Odd"'],
  [`${alter} ALTER COLUMN name SET (n_distinct = '5')`, "column public.jars.name"],
  [`${alter} ALTER COLUMN name SET STORAGE EXTERNAL`, "column public.jars.name"],
  [`${alter} ALTER COLUMN code TYPE character varying(20)`, "column public.jars.code"],
  [`${alter} ALTER COLUMN code TYPE character varying(5)`, "column public.jars.code"],
  [`${alter} ALTER COLUMN code TYPE text USING code::text`, "column public.jars.code"],
  [`${alter} ALTER COLUMN code TYPE public.free USING code::public.free`, "column public.jars.code"],
  [
    `${alter} ALTER COLUMN name TYPE character varying USING name::character varying`,
    "column public.jars.name",
  ],
  [
    `${alter} ALTER COLUMN name TYPE character varying(9) USING name::character varying(9)`,
    "column public.jars.name",
  ],
  [`${alter} ALTER COLUMN name TYPE text COLLATE "C"`, "column public.jars.name"],
  [`${alter} ALTER COLUMN price TYPE numeric(10,2)`, "column public.jars.price"],
  [`${alter} ALTER COLUMN price TYPE numeric(10,3)`, "column public.jars.price"],
  [`${alter} ALTER COLUMN price TYPE numeric`, "column public.jars.price"],
  [`${alter} ALTER COLUMN at TYPE timestamp(6) without time zone`, "column public.jars.at"],
  [`${alter} ALTER COLUMN at TYPE timestamp(0) without time zone`, "column public.jars.at"],
  [`${alter} ALTER COLUMN fixed TYPE character(5)`, "column public.jars.fixed"],
  [`${alter} ALTER COLUMN flags TYPE bit varying(8)`, "column public.jars.flags"],
  [`${alter} ALTER COLUMN size TYPE bigint USING size::bigint`, "column public.jars.size"],
  [`${alter} ALTER COLUMN size TYPE public.small USING size::public.small`, "column public.jars.size"],
  [`${alter} ALTER COLUMN feeling TYPE text USING feeling::text`, "column public.jars.feeling"],
  [`${alter} ADD COLUMN extra integer NOT NULL DEFAULT 1`, "column public.jars.extra"],
  [`${alter} ADD COLUMN extra timestamp with time zone DEFAULT now()`, "column public.jars.extra"],
  [`${alter} ADD COLUMN extra uuid DEFAULT gen_random_uuid()`, "column public.jars.extra"],
  [`${alter} ADD COLUMN extra bigint GENERATED ALWAYS AS IDENTITY`, "column public.jars.extra"],
  [`${alter} ADD COLUMN extra integer GENERATED ALWAYS AS (size * 2) STORED`, "column public.jars.extra"],
  [`${alter} ADD COLUMN extra public.small`, "column public.jars.extra"],
  [`${alter} DROP COLUMN "Odd"`, 'column public.jars."Odd"'],
  ["ALTER TABLE public.parts_2 SET UNLOGGED", "table public.parts_2"],
  [`${alter} SET (fillfactor = '80')`, "table public.jars"],
  [`${alter} CLUSTER ON jars_code`, "index public.jars.jars_code"],
  [`${alter} REPLICA IDENTITY FULL`, "table public.jars"],
  [`${alter} ENABLE ROW LEVEL SECURITY`, "table public.jars"],
  [`${alter} DISABLE TRIGGER watch`, "trigger public.jars.watch"],
  [`${alter} RENAME TO pots`, "table public.jars"],
  [`${alter} RENAME COLUMN size TO volume`, "column public.jars.size"],
  ["ALTER TABLE public.lids DISABLE RULE skip", "rule public.lids.skip"],
  [
    "ALTER TABLE public.parts ATTACH PARTITION public.parts_2 FOR VALUES FROM (10) TO (20)",
    "table public.parts_2",
  ],
  ["ALTER TABLE public.parts DETACH PARTITION public.parts_1", "table public.parts_1"],
  [
    "CREATE TABLE public.parts_3 PARTITION OF public.parts FOR VALUES FROM (20) TO (30)",
    "table public.parts_3",
  ],
  ["DROP TABLE public.parts_2", "table public.parts_2"],
  ["DROP VIEW public.names", "view public.names"],
  ["ALTER VIEW public.names SET (security_barrier = 'true')", "view public.names"],
  ["CREATE VIEW public.others AS SELECT name FROM public.jars", "view public.others"],
  ["REFRESH MATERIALIZED VIEW public.sums", "view public.sums"],
  ["DROP SEQUENCE public.numbers", "sequence public.numbers"],
  ["ALTER SEQUENCE public.numbers INCREMENT 2", "sequence public.numbers"],
  ["ALTER INDEX public.jars_code RENAME TO by_code", "index public.jars.jars_code"],
  ["ALTER INDEX public.jars_code SET (fillfactor = '80')", "index public.jars.jars_code"],
  [
    "CREATE TRIGGER other BEFORE UPDATE ON public.jars FOR EACH ROW EXECUTE FUNCTION public.nothing()",
    "trigger public.jars.other",
  ],
  ["DROP TRIGGER watch ON public.jars", "trigger public.jars.watch"],
  ["CREATE RULE other AS ON UPDATE TO public.lids DO INSTEAD NOTHING", "rule public.lids.other"],
  ["DROP RULE skip ON public.lids", "rule public.lids.skip"],
  ["CREATE POLICY other ON public.jars", "policy public.jars.other"],
  ["ALTER POLICY mine ON public.jars USING (id > 1)", "policy public.jars.mine"],
  ["DROP POLICY mine ON public.jars", "policy public.jars.mine"],
  ["COMMENT ON TABLE public.jars IS 'all jars'", "table public.jars"],
  ["COMMENT ON COLUMN public.jars.name IS 'its name'", "column public.jars.name"],
  ["COMMENT ON INDEX public.jars_code IS 'for searches'", "index public.jars.jars_code"],
  ["COMMENT ON CONSTRAINT pending ON public.jars IS 'later'", "constraint public.jars.pending"],
  ["COMMENT ON TRIGGER watch ON public.jars IS 'sees all'", "trigger public.jars.watch"],
  ["COMMENT ON POLICY mine ON public.jars IS 'own rows'", "policy public.jars.mine"],
  ["COMMENT ON RULE skip ON public.lids IS 'keeps rows'", "rule public.lids.skip"],
  ["CREATE STATISTICS public.both ON code, name FROM public.jars", "statistics object public.jars.both"],
  ["ALTER PUBLICATION news ADD TABLE public.jars", "publication table news.public.jars"],
  ["GRANT SELECT ON public.jars TO PUBLIC", "table public.jars"],
  ["CREATE FUNCTION public.one() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function public.one()"],
];

let place: Place | undefined;
let session: Session;

beforeAll(async () => {
  place = await makePlace("server");
  session = await connectTo(place, "auth");
  await session.run(setup);
});
afterAll(async () => {
  await session.close();
  await place?.dispose();
});

interface Relation {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  /** Where its rows are; null if it was dropped. */
  readonly node: string | null;
  readonly scans: number;
  /** The strongest lock of this transaction. */
  readonly mode: string | null;
}

const names = lockModes.map((mode) => `'${lockName(mode)}'`).join(", ");

/** `ShareLock` for SHARE. */
function lockName(mode: string): string {
  return `${mode.toLowerCase().replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())}Lock`;
}

async function relations(oids: readonly number[]): Promise<readonly Relation[]> {
  return session.run<Relation>(`SELECT o.oid::int, c.oid::regclass::text AS name, c.relkind::text AS kind,
  pg_relation_filenode(o.oid)::text AS node, pg_stat_get_xact_numscans(o.oid)::int AS scans,
  (SELECT l.mode FROM pg_locks l WHERE l.relation = o.oid AND l.pid = pg_backend_pid() AND l.mode IN (${names})
   ORDER BY array_position(ARRAY[${names}], l.mode) DESC LIMIT 1) AS mode
FROM unnest(ARRAY[${oids.join(", ")}]::oid[]) o(oid) LEFT JOIN pg_class c ON c.oid = o.oid ORDER BY o.oid`);
}

/** The strongest locks on tables, or on indexes if only these are locked; and what happened to rows. */
function measured(before: readonly Relation[], after: readonly Relation[]): Effect {
  const known = before.map((relation, i) => ({ ...relation, now: after[i] }));
  const strength = ({ now }: (typeof known)[number]) =>
    lockModes.findIndex((mode) => lockName(mode) === now?.mode);
  const isTable = ({ kind }: Relation) => ["r", "p", "v", "m", "S"].includes(kind);
  const all = known.filter((one) => strength(one) >= 0);
  const locked = all.some(isTable) ? all.filter(isTable) : all;
  const most = Math.max(...locked.map(strength));
  const mode = lockModes[most];
  const relationNames = locked.filter((one) => strength(one) === most).map(({ name }) => name);
  const isStored = ({ now, node, kind }: (typeof known)[number]) =>
    now?.node !== null && node !== null && kind !== "S";
  const changed = known.filter((one) => isStored(one) && one.now?.node !== one.node);
  const scanned = known.filter((one) => isTable(one) && (one.now?.scans ?? 0) > one.scans);
  const cost = changed.some(({ kind }) => kind === "m")
    ? "reads other relations"
    : changed.some(isTable)
      ? "rewrites the table"
      : scanned.length > 0
        ? "reads the table"
        : "catalog only";
  return { lock: mode === undefined ? undefined : { mode, relations: relationNames.sort() }, cost };
}

it.each(statements)("says what it locks and costs: %s", async (sql, object) => {
  const oids = await session.run<{ oid: number }>(
    "SELECT oid::int FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','p','v','m','S','i','I') ORDER BY 1",
  );
  const known = oids.map(({ oid }) => oid);
  const from = await readSchema(session, { exact: true });
  await session.run("BEGIN; SET LOCAL search_path = pg_catalog");
  try {
    const before = await relations(known);
    await session.run(sql);
    const after = await relations(known);
    const to = await readSchema(insideTransaction(session), { exact: true });
    const claim = new Effects(from, to).of(sql, object);
    const found = measured(before, after);
    expect({ ...claim, lock: sorted(claim.lock) }).toEqual(found);
  } finally {
    await session.run("ROLLBACK");
  }
});

function sorted(lock: Effect["lock"]): Effect["lock"] {
  return lock === undefined ? undefined : { ...lock, relations: [...lock.relations].sort() };
}
