import { functionText, wordText } from "../fragments.ts";
import { enabledWords } from "../triggers.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const eventTriggers: RareKind = {
  kind: "event trigger",
  ...rareCatalogs.eventTriggers,
  names: ["o.evtname"],
  attributes: () => ({
    event: "o.evtevent",
    tags: `(SELECT pg_catalog.string_agg(t, ', ' ORDER BY t COLLATE pg_catalog."C") FROM pg_catalog.unnest(o.evttags) t)`,
    function: functionText("o.evtfoid"),
    enabled: wordText("o.evtenabled", enabledWords),
  }),
};
