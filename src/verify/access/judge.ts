import type { Finding } from "../../diff/finding.ts";
import type { StatedAccess } from "../../document/model.ts";
import type { Severity } from "../../severity.ts";
import type { AccessFacts, Grant } from "./read.ts";

type Level = StatedAccess["level"];

/** The severity of a violation at each access level; undefined if the level allows it. */
type Severities = Readonly<Record<Level, Severity | undefined>>;

/** A rule about privileges: which ones it applies to, the message, and the hint. */
interface GrantRule {
  readonly code: string;
  readonly severity: Severities;
  readonly applies: (grant: Grant) => boolean;
  /** After `PUBLIC` or the name of a role. */
  readonly message: (privileges: string, grant: Grant) => string;
  readonly hint: (privileges: string, grant: Grant) => string;
}

const isEverybody = ({ grantee }: Grant) => grantee === "PUBLIC";
const isWrite = ({ privilege }: Grant) => !["SELECT", "USAGE", "REFERENCES", "MAINTAIN"].includes(privilege);
const isLedger = ({ object }: Grant) => /^socrates_db(\.|$)/.test(object);
const isRelation = ({ on }: Grant) => on === "table" || on === "sequence";

const rules: readonly GrantRule[] = [
  {
    code: "ledger-writable",
    severity: { restrictive: "error", permissive: "error" },
    applies: (grant) => isLedger(grant) && isRelation(grant) && isWrite(grant) && isEverybody(grant),
    message: (privileges, { object }) => `can ${privileges} ${object}: the ledger can be forged`,
    hint: (privileges, { object }) => `REVOKE ${privileges} ON ${object} FROM PUBLIC;`,
  },
  {
    code: "public-connect",
    severity: { restrictive: "warning", permissive: undefined },
    applies: (grant) => grant.on === "database" && grant.privilege === "CONNECT" && isEverybody(grant),
    message: (_, { object, byDefault }) =>
      `can connect to ${object}${byDefault ? " (PostgreSQL's default)" : ""}`,
    hint: (_, { object }) =>
      `REVOKE CONNECT ON DATABASE ${object} FROM PUBLIC; then GRANT it to the roles of the application.`,
  },
  {
    code: "public-create",
    severity: { restrictive: "warning", permissive: "warning" },
    applies: (grant) => grant.on === "schema" && grant.privilege === "CREATE" && isEverybody(grant),
    message: (_, { object }) =>
      `can create objects in the schema ${object}, and so shadow other users' functions (CVE-2018-1058)`,
    hint: (_, { object }) => `REVOKE CREATE ON SCHEMA ${object} FROM PUBLIC;`,
  },
  {
    code: "public-write",
    severity: { restrictive: "error", permissive: "warning" },
    applies: (grant) => isRelation(grant) && !isLedger(grant) && isWrite(grant) && isEverybody(grant),
    message: (privileges, { object }) => `can ${privileges} ${object}`,
    hint: (privileges, { object, on }) =>
      `REVOKE ${privileges} ON ${on.toUpperCase()} ${object} FROM PUBLIC;`,
  },
  {
    code: "public-read",
    severity: { restrictive: "error", permissive: undefined },
    applies: (grant) => isRelation(grant) && !isLedger(grant) && !isWrite(grant) && isEverybody(grant),
    message: (privileges, { object }) => `can ${privileges} ${object}`,
    hint: (privileges, { object, on }) =>
      `REVOKE ${privileges} ON ${on.toUpperCase()} ${object} FROM PUBLIC;`,
  },
  {
    code: "public-default",
    severity: { restrictive: "error", permissive: "warning" },
    applies: (grant) => grant.on === "default" && isEverybody(grant),
    message: (privileges, { object }) => `will get ${privileges} on new objects of ${object}`,
    hint: (privileges, { object }) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${object.replace(" in ", " IN SCHEMA ")} REVOKE ${privileges} ON TABLES FROM PUBLIC;`,
  },
  {
    code: "grant-option",
    severity: { restrictive: "warning", permissive: undefined },
    applies: (grant) => grant.grantable && !isEverybody(grant),
    message: (privileges, { object }) => `can grant ${privileges} on ${object} to other roles`,
    hint: (privileges, { object, on, grantee }) =>
      `REVOKE GRANT OPTION FOR ${privileges} ON ${on.toUpperCase()} ${object} FROM ${grantee};`,
  },
];

/** Groups the privileges of one role on one object: one cause, one finding. */
function together(grants: readonly Grant[]): Map<string, Grant[]> {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = `${grant.on} ${grant.object} ${grant.grantee}`;
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return groups;
}

function grantFindings(
  database: string,
  { level, location }: StatedAccess,
  { grants }: AccessFacts,
): Finding[] {
  return rules.flatMap(({ code, severity, applies, message, hint }) => {
    const counts = severity[level];
    if (counts === undefined) return [];
    return [...together(grants.filter(applies)).values()].flatMap((group): Finding[] => {
      const [grant] = group;
      if (grant === undefined) return [];
      const privileges = group
        .map(({ privilege }) => privilege)
        .sort()
        .join(", ");
      const who = grant.grantee === "PUBLIC" ? "PUBLIC" : `the role ${grant.grantee}`;
      return [
        {
          code,
          severity: counts,
          database,
          kind: grant.on === "default" ? "default privileges" : grant.on,
          object: grant.object,
          attribute: "privileges",
          expected: null,
          actual: `${grant.grantee}: ${privileges}`,
          message: `${who} ${message(privileges, grant)}`,
          location,
          hint: hint(privileges, grant),
        },
      ];
    });
  });
}

/** Roles that privileges do not restrict. */
function roleFindings(database: string, { level, location }: StatedAccess, facts: AccessFacts): Finding[] {
  if (level !== "restrictive") return [];
  return facts.roles
    .filter(({ isFirst }) => !isFirst)
    .map(({ role, power }) => ({
      code: power === "superuser" ? "superuser-login" : "reads-all",
      severity: "warning",
      database,
      kind: "role",
      object: role,
      message:
        power === "superuser"
          ? `the role ${role} can log in and is a superuser: privileges do not restrict it`
          : `the role ${role} is a member of ${power}`,
      location,
      hint:
        power === "superuser"
          ? `ALTER ROLE ${role} NOSUPERUSER; for administrators, use SET ROLE to a superuser that cannot log in.`
          : `REVOKE ${power} FROM ${role}; and grant what it needs.`,
    }));
}

/** Owners that are superusers: an application that logs in as the owner controls the whole server. */
function ownerFindings(database: string, { location }: StatedAccess, { tables }: AccessFacts): Finding[] {
  const owners = new Map<string, string[]>();
  for (const { table, owner, ownerIsSuperuser } of tables)
    if (ownerIsSuperuser) owners.set(owner, [...(owners.get(owner) ?? []), table]);
  return [...owners].map(([owner, owned]) => ({
    code: "superuser-owner",
    severity: "warning",
    database,
    kind: "role",
    object: owner,
    message: `${owned.length} tables belong to ${owner}, a superuser`,
    location,
    hint: "Transfer them to a separate role: REASSIGN OWNED, or ALTER TABLE … OWNER TO.",
  }));
}

/** Privileges that a database grants against its documented access. */
export function judgeAccess(database: string, stated: StatedAccess, facts: AccessFacts): Finding[] {
  return [
    ...grantFindings(database, stated, facts),
    ...roleFindings(database, stated, facts),
    ...ownerFindings(database, stated, facts),
  ];
}
