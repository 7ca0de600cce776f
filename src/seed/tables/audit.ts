import { beginning, now, timestamp } from "../calendar.ts";
import { jsonField, nullField } from "../copy-text.ts";
import { loginsOf, resetRequestOf, tokenId } from "../logins.ts";
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
const usersPerWindow = 8000;

const device = new Random();
const byPassword = jsonField({ method: "password" });
const wrongPassword = jsonField({ reason: "wrong password" });

/** A part of the time: from the first second to before the second one. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** Adds what the audit trail holds of one user in a window of time. */
function gather(run: Run, user: User, { from, to }: Window, events: Event[]): void {
  device.open(run.seed, kind.audit, user.ordinal);
  // An address of a range that is kept for documents (RFC 5737).
  const origin = `203.0.113.${device.between(1, 254)}\t${device.pick(browsers)}`;
  const add = (at: number | null, what: string, id: () => string, details: string = nullField) => {
    if (at === null || at < from || at >= to) return;
    events.push({ at, fields: `${user.id}\t${what}\t${id()}\t${origin}\t${details}` });
  };
  const self = () => user.id;
  add(user.createdAt, "user.register\tuser", self);
  const projects = [...projectsOf(run, user)];
  for (const login of loginsOf(run, user, projects)) {
    const token = () => tokenId(run, login);
    if (login.failedFirst) add(login.at - 20, "user.login_failed\tuser", self, wrongPassword);
    add(login.at, "user.login\trefresh_token", token, byPassword);
    add(login.endedAt, "user.logout\trefresh_token", token);
  }
  for (const { id, createdAt, archivedAt } of projects) {
    add(createdAt, "project.create\tproject", () => id);
    add(archivedAt, "project.archive\tproject", () => id);
  }
  const reset = resetRequestOf(run, user);
  if (reset === undefined) return;
  add(reset.at, "user.password_reset_request\tpassword_reset_request", () => reset.id);
  add(reset.usedAt, "user.password_change\tuser", self);
}

/**
 * The events of all users in order of time. They are taken window by window of the time, each from all users who had come
 * by then: that costs some computing, and no memory.
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
