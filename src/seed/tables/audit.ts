import { beginning, now, timestamp } from "../calendar.ts";
import { jsonField, nullField } from "../copy-text.ts";
import { loginsOf, resetRequestOf } from "../logins.ts";
import { projectsOf, type Run, type User, usersOf } from "../population.ts";
import { kind, Random } from "../random.ts";
import { browsers } from "../vocabulary/names.ts";
import type { SeededTable } from "./table.ts";

interface Event {
  readonly at: number;
  /** The fields behind the number and before the time. */
  readonly fields: string;
}

/** Users whose events are held at a time: what is sorted must fit into memory however many there are. */
const usersPerWindow = 4000;

const device = new Random();
const byPassword = jsonField({ method: "password" });
const wrongPassword = jsonField({ reason: "wrong password" });

/** What the audit trail holds of one user. */
function* eventsOf(run: Run, user: User): Generator<Event> {
  device.open(run.seed, kind.audit, user.ordinal);
  // An address of a range that is kept for documents (RFC 5737).
  const origin = `203.0.113.${device.between(1, 254)}\t${device.pick(browsers)}`;
  const event = (
    at: number,
    action: string,
    resource: string,
    id: string,
    details: string = nullField,
  ): Event => ({
    at,
    fields: `${user.id}\t${action}\t${resource}\t${id}\t${origin}\t${details}`,
  });
  yield event(user.createdAt, "user.register", "user", user.id);
  const projects = [...projectsOf(run, user)];
  for (const { id, at, endedAt, failedFirst } of loginsOf(run, user, projects)) {
    if (failedFirst) yield event(at - 20, "user.login_failed", "user", user.id, wrongPassword);
    yield event(at, "user.login", "refresh_token", id, byPassword);
    if (endedAt !== null) yield event(endedAt, "user.logout", "refresh_token", id);
  }
  for (const { id, createdAt, archivedAt } of projects) {
    yield event(createdAt, "project.create", "project", id);
    if (archivedAt !== null) yield event(archivedAt, "project.archive", "project", id);
  }
  const reset = resetRequestOf(run, user);
  if (reset === undefined) return;
  yield event(reset.at, "user.password_reset_request", "password_reset_request", reset.id);
  if (reset.usedAt !== null) yield event(reset.usedAt, "user.password_change", "user", user.id);
}

/**
 * The events of all users in order of time. They are taken window by window of the time, each from all users who had come
 * by then: that costs some computing, and no memory.
 */
function* inOrder(run: Run): Generator<Event> {
  const windows = Math.ceil(run.users / usersPerWindow);
  const width = Math.ceil((now - beginning) / windows);
  for (let window = 0; window < windows; window++) {
    const from = beginning + window * width;
    const events: Event[] = [];
    for (const user of usersOf(run)) {
      if (user.createdAt >= from + width) break;
      for (const event of eventsOf(run, user))
        if (event.at >= from && event.at < from + width) events.push(event);
    }
    // A stable sort: events of one second stay in the order of the users.
    yield* events.sort((a, b) => a.at - b.at);
  }
}

/** A log of what happened, in the order in which it happened: numbers rise with the time. */
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
  *rows({ run, firstId }) {
    let id = firstId;
    for (const { at, fields } of inOrder(run)) yield `${id++}\t${fields}\t${timestamp(at)}`;
  },
};
