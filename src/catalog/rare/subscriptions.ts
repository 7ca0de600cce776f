import { wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/**
 * Without the connection string, which has a password. PUBLIC may read neither that nor, before PostgreSQL 15, whether
 * commits are synchronous nor, before 14, the OID, so comments are found by name: those of other databases are not in
 * this one's pg_description.
 */
export const subscriptions: RareKind = {
  kind: "subscription",
  ...rareCatalogs.subscriptions,
  names: ["o.subname"],
  comment: `(SELECT pg_catalog.max(d.description) FROM pg_catalog.pg_description d JOIN pg_catalog.pg_stat_subscription s ON s.subid = d.objoid
    WHERE d.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass AND s.subname = o.subname)`,
  attributes: ({ version, owners }) => {
    const since = (first: number, column: string) => (version >= first ? column : "NULL::text");
    const streaming =
      version >= 160000
        ? wordText("o.substream", { f: "off", t: "on", p: "parallel" })
        : "CASE WHEN o.substream THEN 'on' ELSE 'off' END";
    return {
      publications: `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ' ORDER BY p COLLATE pg_catalog."C") FROM pg_catalog.unnest(o.subpublications) p)`,
      enabled: "o.subenabled",
      slot: "o.subslotname",
      synchronousCommit: since(150000, "o.subsynccommit"),
      binary: since(140000, "o.subbinary"),
      streaming: since(140000, streaming),
      twoPhase: since(150000, "o.subtwophasestate <> 'd'"),
      disableOnError: since(150000, "o.subdisableonerr"),
      passwordRequired: since(160000, "o.subpasswordrequired"),
      runAsOwner: since(160000, "o.subrunasowner"),
      origin: since(160000, "o.suborigin"),
      failover: since(170000, "o.subfailover"),
      ...(owners && { owner: "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.subowner))" }),
    };
  },
};
