import { day, hour } from "../calendar.ts";
import { loginsOf, resetRequestOf, tokenId } from "../logins.ts";
import { projectsOf, usersOf } from "../population.ts";
import { kind, Random } from "../random.ts";
import { ascii, familyNames, givenNames } from "../vocabulary/names.ts";
import type { SeededTable } from "./table.ts";

/** The password of every seeded user. */
export const password = "know-thyself";

/** Its bcrypt hash, of cost 10. One for all: a separate hash for each would take longer than everything else. */
const passwordHash = "$2b$10$9ZaIlU/MTv5NTuffWIt68eLOQVTgal.RxYzxsEuX.bA28mBLF.nMO";

/** The name of a user and the e-mail address, which the ordinal makes unique. */
export function personOf(seed: number, ordinal: number): { readonly name: string; readonly email: string } {
  const random = new Random().open(seed, kind.member, ordinal);
  const given = random.pick(givenNames);
  const family = random.pick(familyNames);
  return {
    name: `${given} ${family}`,
    email: `${ascii(given)}.${ascii(family)}.${ordinal + 1}@example.com`,
  };
}

export const users: SeededTable = {
  name: "users",
  columns: [
    "id",
    "email",
    "password_hash",
    "name",
    "is_active",
    "is_verified",
    "created_at",
    "updated_at",
    "last_login_at",
  ],
  refersTo: [],
  *rows({ run }) {
    const random = new Random();
    for (const user of usersOf(run)) {
      let last: number | null = null;
      for (const { at } of loginsOf(run, user, [...projectsOf(run, user)]))
        if (last === null || at > last) last = at;
      const { name, email } = personOf(run.seed, user.ordinal);
      random.open(run.seed, kind.pattern, user.ordinal);
      const isFirst = user.ordinal === run.first; // whom the report names
      const isVerified = isFirst || last !== null || random.chance(40);
      const isActive = isFirst || random.chance(96);
      yield [
        user.id,
        email,
        passwordHash,
        name,
        isActive,
        isVerified,
        user.createdAt,
        last ?? user.createdAt,
        last,
      ];
    }
  },
};

export const refreshTokens: SeededTable = {
  name: "refresh_tokens",
  columns: ["id", "user_id", "token", "expires_at", "revoked", "revoked_at", "created_at"],
  refersTo: ["users"],
  *rows({ run }) {
    for (const user of usersOf(run))
      for (const login of loginsOf(run, user, [...projectsOf(run, user)])) {
        const { at, endedAt, random } = login;
        yield [
          tokenId(run, login),
          user.id,
          `seeded.${random.hex(32)}`,
          at + 30 * day,
          endedAt !== null,
          endedAt,
          at,
        ];
      }
  },
};

export const passwordResetRequests: SeededTable = {
  name: "password_reset_requests",
  columns: ["id", "user_id", "token", "expires_at", "used", "used_at", "created_at"],
  refersTo: ["users"],
  *rows({ run }) {
    for (const user of usersOf(run)) {
      const request = resetRequestOf(run, user);
      if (request === undefined) continue;
      const { id, token, at, usedAt } = request;
      yield [id, user.id, token, at + hour, usedAt !== null, usedAt, at];
    }
  },
};
