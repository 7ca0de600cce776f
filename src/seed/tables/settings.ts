import { day, hour } from "../calendar.ts";
import { loginsOf } from "../logins.ts";
import { modelOf, models } from "../models.ts";
import { projectsOf, usersOf } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import type { SeededTable } from "./table.ts";

export const communicationStyles = ["technical", "plain", "brief", "detailed"] as const;

/** Users with a project often set rules; the others never do. */
export const userRules: SeededTable = {
  name: "user_rules",
  columns: ["id", "user_id", "rules", "created_at", "updated_at"],
  refersTo: ["users"],
  *rows({ run }) {
    const random = new Random();
    for (const user of usersOf(run)) {
      random.open(run.seed, kind.userRules, user.ordinal);
      if (user.projectCount === 0 || !random.chance(60)) continue;
      const rules = JSON.stringify({
        never_assume: random.chance(70),
        always_check: random.chance(60),
        prefer_postgres: random.chance(50),
        min_test_coverage: random.between(6, 9) / 10,
        communication_style: random.pick(communicationStyles),
      });
      const createdAt = user.createdAt + random.between(1, 20) * hour;
      const updatedAt = createdAt + random.between(0, 10) * day;
      yield [uuid(run.seed, kind.userRules, user.ordinal), user.id, rules, createdAt, updatedAt];
    }
  },
};

/** A key for the user's provider, and sometimes one for another that is tried out. */
export const apiKeys: SeededTable = {
  name: "api_keys",
  columns: ["id", "user_id", "provider", "api_key_encrypted", "is_active", "created_at", "last_used_at"],
  refersTo: ["users"],
  *rows({ run }) {
    const random = new Random();
    for (const user of usersOf(run)) {
      if (user.projectCount === 0) continue;
      let last: number | null = null;
      for (const { at } of loginsOf(run, user, [...projectsOf(run, user)]))
        if (last === null || at > last) last = at;
      const { provider } = modelOf(run, user);
      random.open(run.seed, kind.apiKey, user.ordinal * 2 + 1);
      const createdAt = user.createdAt + random.between(5, 55) * 60;
      yield [
        uuid(run.seed, kind.apiKey, user.ordinal * 2),
        user.id,
        provider,
        `seeded:${random.hex(48)}`,
        true,
        createdAt,
        last,
      ];
      const other = random.pick(models).provider;
      if (other === provider || !random.chance(40)) continue;
      yield [
        uuid(run.seed, kind.apiKey, user.ordinal * 2 + 1),
        user.id,
        other,
        `seeded:${random.hex(48)}`,
        random.chance(50),
        createdAt + day,
        null,
      ];
    }
  },
};
