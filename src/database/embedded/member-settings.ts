import type { CApi } from "./c-api.ts";

/** guc.h */
const context = { superuser: 5 } as const;
const source = { client: 9, session: 13 } as const;
const action = { set: 0, local: 1 } as const;
const log = 15;

/** The settings of one of several clients that share a session. */
export class MemberSettings {
  /** What the client asked for while connecting: RESET returns to it. */
  readonly initial = new Map<string, string>();
  /** Settings that the client has changed, by lower-case name. The values are those at its last turn. */
  readonly changed = new Map<string, string | undefined>();
}

/**
 * Exchanges the settings of clients that share PostgreSQL's session. Every change goes through a function that we
 * observe and names its setting, so that a turn costs nothing for clients that have changed none.
 */
export class SettingsSwitch {
  private readonly api: CApi;
  /** The engine's own values of all settings that any client has changed; undefined for those it does not know. */
  private readonly defaults = new Map<string, string | undefined>();
  private current = new MemberSettings();

  constructor(api: CApi) {
    this.api = api;
  }

  /** The current client is about to change a setting. */
  changing(name: string): void {
    const key = name.toLowerCase();
    if (!this.defaults.has(key)) this.defaults.set(key, this.value(key));
    if (!this.current.changed.has(key)) this.current.changed.set(key, undefined);
  }

  /** Whether the current client does not know a setting that exists only as another client has set it. */
  isForeign(name: string): boolean {
    const key = name.toLowerCase();
    return (
      this.defaults.has(key) &&
      this.defaults.get(key) === undefined &&
      !this.current.changed.has(key) &&
      !this.current.initial.has(key)
    );
  }

  /** Stores the settings of the current client and puts those of another one into effect, outside of transactions. */
  enter(next: MemberSettings): void {
    const last = this.current;
    if (last === next) return;
    for (const name of last.changed.keys()) last.changed.set(name, this.value(name));
    for (const name of last.changed.keys()) this.set(name, undefined, source.session);
    for (const name of last.initial.keys())
      if (!next.initial.has(name)) this.set(name, this.defaults.get(name), source.client);
    for (const [name, value] of next.initial)
      if (last.initial.get(name) !== value) this.set(name, value, source.client);
    for (const [name, value] of next.changed) this.set(name, value, source.session);
    this.current = next;
  }

  /**
   * Runs `use` with the settings of another client, at any time: within a transaction of the current one they count as
   * SET LOCAL, which leaves the transaction's own changes as they are.
   */
  peek<T>(other: MemberSettings, use: () => T): T {
    const { current } = this;
    if (other === current) return use();
    if (!this.isInTransaction) {
      this.enter(other);
      const result = use();
      this.enter(current);
      return result;
    }
    const mine = new Map<string, string | undefined>();
    const put = (name: string, value: string | undefined) => {
      if (!mine.has(name)) mine.set(name, this.value(name));
      this.setLocal(name, value);
    };
    for (const name of [...current.changed.keys(), ...current.initial.keys()])
      put(name, this.defaults.get(name));
    for (const [name, value] of [...other.initial, ...other.changed]) put(name, value);
    this.current = other;
    const result = use();
    this.current = current;
    for (const name of [...other.initial.keys(), ...other.changed.keys()])
      if (!mine.has(name)) mine.set(name, this.defaults.get(name));
    for (const [name, value] of mine) this.setLocal(name, value);
    return result;
  }

  /** Whether SET LOCAL has an effect. PostgreSQL keeps no settings to return to once a transaction has failed. */
  private get isInTransaction(): boolean {
    const { engine } = this.api;
    return engine["_IsTransactionBlock"]() !== 0 && engine["_IsAbortedTransactionBlockState"]() === 0;
  }

  /**
   * Changes a setting of the client whose settings are in effect, within {@link peek}.
   * @returns the error's SQLSTATE and message, if PostgreSQL refuses
   */
  change(name: string, value: string, kind: "initial" | "changed"): readonly [string, string] | undefined {
    const key = name.toLowerCase();
    const isKnown = this.value(key) !== undefined;
    if (!isKnown && !key.includes(".")) return ["42704", `unrecognized configuration parameter "${name}"`];
    this.changing(key);
    if (kind === "initial") this.current.changed.delete(key);
    const isSet =
      kind === "initial" && !this.isInTransaction
        ? this.call(key, value, source.client, action.set) === 1
        : this.setLocal(key, value);
    if (!isSet) return ["22023", `invalid value for parameter "${name}": "${value}"`];
    this.current[kind].set(key, this.value(key) ?? value);
    return undefined;
  }

  /** The result of SHOW; undefined for an unknown setting. */
  shown(name: string): string | undefined {
    const { api } = this;
    if (this.isForeign(name)) return undefined;
    return api.withString(name, (address) => api.string(api.engine["_GetConfigOptionByName"](address, 0, 1)));
  }

  /** The value of a setting for the current client, if it has ever set it. */
  changedValue(name: string): string | undefined {
    return this.current.changed.has(name) ? this.value(name) : undefined;
  }

  /** RESET ALL for the current client, within its transaction. */
  resetAll(): void {
    for (const name of this.current.changed.keys()) this.set(name, undefined, source.session);
  }

  /** A setting in its base unit; undefined if it is unknown. */
  value(name: string): string | undefined {
    const { api } = this;
    return api.withString(name, (address) => api.string(api.engine["_GetConfigOption"](address, 1, 0)));
  }

  /** Until the end of the transaction, if there is one. Returns false for an invalid value. */
  private setLocal(name: string, value: string | undefined): boolean {
    return this.call(name, value, source.session, action.local) === 1;
  }

  /** @param value undefined resets the setting */
  private set(name: string, value: string | undefined, from: number): void {
    this.call(name, value, from, action.set);
  }

  private call(name: string, value: string | undefined, from: number, how: number): number {
    const { api } = this;
    const call = (key: number, text: number): number =>
      api.engine["_set_config_option"](key, text, context.superuser, from, how, 1, log, 0);
    return api.withString(name, (key) =>
      value === undefined ? call(key, 0) : api.withString(value, (text) => call(key, text)),
    );
  }
}
