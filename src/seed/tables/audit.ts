import { beginning, now } from "../calendar.ts";
import { loginsOf, resetRequestOf } from "../logins.ts";
import { projectsOf, type Run, type User, usersOf } from "../population.ts";
import { type EntityKind, kind, Random, uuid } from "../random.ts";
import { browsers } from "../vocabulary/names.ts";
import type { SeededTable } from "./table.ts";

/** An action and the type of its resource. */
type Action = readonly [action: string, resource: string];

/** A compact event: its texts are generated when it is written. */
interface Event {
  readonly at: number;
  readonly user: User;
  readonly what: Action;
  /** The resource, by the parts of its id. */
  readonly of: EntityKind;
  readonly ordinal: number;
  readonly details: string | null;
}

/** 203.0.113.0, the first address of a range for documentation (RFC 5737). */
const documentRange = 0xcb007100;

/** How many users' events are held at a time: what is sorted must fit into memory. */
const usersPerWindow = 4000;

const byPassword = JSON.stringify({ method: "password" });
const wrongPassword = JSON.stringify({ reason: "wrong password" });

/** A window of time: from the first second to before the second one. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** Adds one user's events in a window of time. */
function gather(run: Run, user: User, { from, to }: Window, events: Event[]): void {
  const add = (
    at: number | null,
    what: Action,
    of: EntityKind,
    ordinal: number,
    details: string | null = null,
  ) => {
    if (at !== null && at >= from && at < to) events.push({ at, user, what, of, ordinal, details });
  };
  add(user.createdAt, ["user.register", "user"], kind.user, user.ordinal);
  const projects = [...projectsOf(run, user)];
  for (const { at, ordinal, endedAt, failedFirst } of loginsOf(run, user, projects)) {
    if (failedFirst) add(at - 20, ["user.login_failed", "user"], kind.user, user.ordinal, wrongPassword);
    add(at, ["user.login", "refresh_token"], kind.refreshToken, ordinal, byPassword);
    add(endedAt, ["user.logout", "refresh_token"], kind.refreshToken, ordinal);
  }
  for (const { ordinal, createdAt, archivedAt } of projects) {
    add(createdAt, ["project.create", "project"], kind.project, ordinal);
    add(archivedAt, ["project.archive", "project"], kind.project, ordinal);
  }
  const reset = resetRequestOf(run, user);
  if (reset === undefined) return;
  const request: Action = ["user.password_reset_request", "password_reset_request"];
  add(reset.at, request, kind.resetRequest, user.ordinal);
  add(reset.usedAt, ["user.password_change", "user"], kind.user, user.ordinal);
}

/**
 * The events of all users in chronological order, window by window, each from all users who had registered by then:
 * that takes some computing, and no memory.
 */
function* inOrder(run: Run): Generator<Event> {
  const windows = Math.ceil(run.users / usersPerWindow);
  const width = Math.ceil((now - beginning) / windows);
  for (let i = 0; i < windows; i++) {
    const from = beginning + i * width;
    const window = { from, to: from + width };
    const events: Event[] = [];
    for (const user of usersOf(run)) {
      if (user.createdAt >= window.to) break;
      gather(run, user, window, events);
    }
    // A stable sort: events of one second stay in the order of the users.
    yield* events.sort((a, b) => a.at - b.at);
  }
}

/** A log in chronological order: numbers rise with the time. */
export const auditLogs: SeededTable = {
  name: "audit_logs",
  columns: [
    "id",
    "user_id",
    "action",
    "resource_type",
    "resource_id",
    "ip_address",
    "user_agent",
    "details",
    "timestamp",
  ],
  refersTo: ["users"],
  counter: "id",
  identity: {
    sql: `concat_ws(' ', action, resource_id, extract(epoch FROM "timestamp")::bigint)`,
    of: ([, , action, , resource, , , , at]) => [action, resource, at].join(" "),
  },
  *rows({ run, firstId }) {
    let id = firstId;
    const device = new Random();
    for (const { at, user, what, of, ordinal, details } of inOrder(run)) {
      device.open(run.seed, kind.audit, user.ordinal);
      const address = documentRange + device.between(1, 254);
      yield [
        id++,
        user.id,
        ...what,
        uuid(run.seed, of, ordinal).toString(),
        address,
        device.pick(browsers),
        details,
        at,
      ];
    }
  },
};
