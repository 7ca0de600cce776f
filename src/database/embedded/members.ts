import { AdvisoryLocks } from "./advisory-locks.ts";
import { BackendIdentity } from "./backend-identity.ts";
import { replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable as Functions } from "./interrupts.ts";
import { memberPid, statementName, statementPrefix } from "./member-names.ts";
import { MemberSequences, SequenceSwitch } from "./member-sequences.ts";
import { replaceSettingFunctions } from "./member-setting-functions.ts";
import { MemberSettings, SettingsSwitch } from "./member-settings.ts";
import type { Answer, MemberLimits, Question } from "./messages.ts";
import { UtilityHooks, type UtilityListener } from "./utility-hooks.ts";
import { translate } from "./wire.ts";

/** Settings that PostgreSQL reports to clients (manual, section 54.2.7). */
const reportedSettings = [
  "application_name",
  "client_encoding",
  "DateStyle",
  "default_transaction_read_only",
  "in_hot_standby",
  "integer_datetimes",
  "IntervalStyle",
  "is_superuser",
  "scram_iterations",
  "search_path",
  "server_encoding",
  "server_version",
  "session_authorization",
  "standard_conforming_strings",
  "TimeZone",
];

const limitNames = ["lock_timeout", "idle_in_transaction_session_timeout"] as const;

/** What one of several clients has in the session that they share. */
class Member {
  readonly settings = new MemberSettings();
  /** Its last Parse of the unnamed statement. */
  unnamed: Uint8Array | undefined;
  /** The limits that were reported last. */
  limits: string | undefined;
  /** Whether it has prepared a statement with a name. */
  hasStatements = false;
  readonly sequences = new MemberSequences();
}

/** Clients that take turns in PostgreSQL's one session: each finds its own settings, statements and sequences. */
export class Members implements UtilityListener {
  private readonly settings: SettingsSwitch;
  private readonly identity: BackendIdentity;
  private readonly sequences: SequenceSwitch;
  readonly locks: AdvisoryLocks;
  private readonly members = new Map<number, Member>();
  private number = 0;
  /** The settings of the database and its role that a new client starts with, as last read. */
  #databaseSettings: readonly (readonly string[])[] = [];
  /** Whether they may have changed since. */
  isDatabaseChanged = true;
  /** Statements of ours run, which name what they mean as the session does. */
  private isInternal = false;
  private current: Member | undefined;
  /** Whose unnamed statement the session has. */
  private unnamedOf: Member | undefined;
  private deallocates = false;

  constructor(api: CApi, functions: Functions) {
    this.settings = new SettingsSwitch(api);
    this.identity = new BackendIdentity(api);
    new UtilityHooks(api, this);
    replaceSettingFunctions(api, functions, this);
    this.sequences = new SequenceSwitch(api);
    replaceBuiltin(
      api,
      functions,
      { oid: 2026, name: "pg_backend_pid", arguments: 0, strict: true },
      (_, original) => (this.current === undefined ? original() : memberPid(this.number)),
    );
    this.locks = new AdvisoryLocks(api, functions, this);
  }

  get isShared(): boolean {
    return this.current !== undefined && !this.isInternal;
  }

  /** The next statements are those of this client, which is new if it is unknown. */
  enter(number: number): void {
    if (number === this.number) return;
    const member = this.members.get(number) ?? new Member();
    this.members.set(number, member);
    this.settings.enter(member.settings);
    this.sequences.enter(member.sequences);
    this.number = number;
    this.current = member;
    this.identity.show(memberPid(number));
  }

  /** The client whose turn it is. */
  get member(): number {
    return this.number;
  }

  /** Answers a client at any time, even within the transaction of another one. */
  answer(number: number, question: Question): Answer {
    const member = this.members.get(number) ?? new Member();
    this.members.set(number, member);
    return this.settings.peek(member.settings, () => {
      const { settings } = this;
      // As a server does, it ignores a value that has become invalid.
      if (question.kind === "admit")
        for (const [name = "", value = ""] of this.#databaseSettings) settings.change(name, value, "initial");
      const changes: readonly (readonly [string, string])[] =
        question.kind === "admit"
          ? question.settings
          : question.kind === "set"
            ? [[question.name, question.value]]
            : [];
      for (const [name, value] of changes) {
        const refusal = settings.change(name, value, question.kind === "admit" ? "initial" : "changed");
        if (refusal !== undefined) return { kind: "refused", sqlState: refusal[0], message: refusal[1] };
      }
      const shown = question.kind === "show" ? settings.shown(question.name) : "";
      if (shown === undefined)
        return {
          kind: "refused",
          sqlState: "42704",
          message: `unrecognized configuration parameter "${question.kind === "show" ? question.name : ""}"`,
        };
      const reported = reportedSettings.map((name) => [name, settings.shown(name) ?? ""] as const);
      return { kind: "settings", reported, shown, limits: this.limits() };
    });
  }

  /** @param settings as `databaseSettingsSql` returns them */
  setDatabaseSettings(settings: readonly (readonly string[])[]): void {
    this.#databaseSettings = settings;
    this.isDatabaseChanged = false;
  }

  changingDatabase(): void {
    this.isDatabaseChanged = true;
  }

  /** The current client's limits, if they have changed during its last statements. */
  takeLimits(): MemberLimits | undefined {
    const { current, settings } = this;
    if (current === undefined || !limitNames.some((name) => settings.changedValue(name) !== undefined))
      return undefined;
    const limits = this.limits();
    const text = JSON.stringify(limits);
    if (current.limits === text) return undefined;
    current.limits = text;
    return limits;
  }

  private limits(): MemberLimits {
    const [lockTimeout = 0, idleInTransaction = 0] = limitNames.map((name) =>
      Number(this.settings.value(name)),
    );
    return { lockTimeout, idleInTransaction };
  }

  /** Runs a statement of ours, which replaces the unnamed statement. */
  internally<T>(run: () => T): T {
    this.isInternal = true;
    this.unnamedOf = undefined;
    try {
      return run();
    } finally {
      this.isInternal = false;
    }
  }

  /** The current client has left. Returns SQL that removes what it has in the session. */
  dismiss(): string | undefined {
    this.members.delete(this.number);
    this.locks.releaseAll(this.number);
    this.sequences.discard();
    return this.current?.hasStatements === true ? this.ownStatements() : undefined;
  }

  /** The last client of the shared session has left. */
  clear(): void {
    this.locks.clear();
    this.isDatabaseChanged = true;
    this.identity.show();
    this.settings.enter(new MemberSettings());
    this.sequences.enter(new MemberSequences());
    this.members.clear();
    this.number = 0;
    this.current = undefined;
    this.unnamedOf = undefined;
  }

  /**
   * Messages of the current client with the session's names of its statements.
   * @param replay sends an earlier Parse again
   */
  translate(messages: Uint8Array, replay: (parse: Uint8Array) => void): Uint8Array {
    const { current: member } = this;
    if (member === undefined) return messages;
    return translate(messages, {
      name: (name) => this.statementName(name),
      onParse: (parse) => {
        member.unnamed = parse;
        this.unnamedOf = member;
      },
      onQuery: () => {
        member.unnamed = undefined;
        this.unnamedOf = undefined;
      },
      onUse: () => {
        if (this.unnamedOf === member || member.unnamed === undefined) return;
        this.unnamedOf = member;
        replay(member.unnamed);
      },
    });
  }

  /** SQL to run after the client's statements; undefined if there is none. It drops the unnamed statement. */
  takeCleanUp(): string | undefined {
    if (!this.deallocates) return undefined;
    this.deallocates = false;
    return this.ownStatements();
  }

  statementName(name: string): string {
    if (this.current !== undefined) this.current.hasStatements = true;
    // EXPLAIN analyzes its inner statement again.
    if (name.startsWith(statementPrefix(this.number))) return name;
    return statementName(this.number, name);
  }

  changingSetting(name: string): void {
    this.settings.changing(name);
  }

  isForeignSetting(name: string): boolean {
    return this.settings.isForeign(name);
  }

  deallocateAll(): void {
    this.deallocates = true;
  }

  discardSequences(): void {
    this.sequences.discard();
  }

  discardLocks(): void {
    this.locks.releaseAll(this.number);
  }

  resetSettings(): void {
    this.settings.resetAll();
  }

  private ownStatements(): string {
    const prefix = `${this.number}:`;
    return `DO $$DECLARE s text; BEGIN FOR s IN SELECT name FROM pg_catalog.pg_prepared_statements \
WHERE pg_catalog.starts_with(name, '${prefix}') LOOP EXECUTE pg_catalog.format('DEALLOCATE %I', s); END LOOP; END$$`;
  }
}
