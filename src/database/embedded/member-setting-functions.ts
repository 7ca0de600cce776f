import { type Call, replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable } from "./interrupts.ts";
import { refuseRole, type UtilityListener, unknownSetting } from "./utility-hooks.ts";

type Listener = Pick<UtilityListener, "isShared" | "changingSetting" | "isForeignSetting">;

/** Lets set_config and current_setting, which run no utility statement, do what SET and SHOW do for several clients. */
export function replaceSettingFunctions(api: CApi, functions: FunctionTable, listener: Listener): void {
  const replace = (
    oid: number,
    name: string,
    count: number,
    use: (call: Call, original: () => number) => number,
  ) =>
    replaceBuiltin(
      api,
      functions,
      { oid, name, arguments: count, strict: name !== "set_config_by_name" },
      (call, original) => (listener.isShared ? use(call, original) : original()),
    );
  replace(2078, "set_config_by_name", 3, (call, original) => {
    if (call.isNull(0)) return original();
    const name = call.text(0);
    if (call.word(2) === 0) refuseRole(api, name.toLowerCase());
    listener.changingSetting(name);
    return original();
  });
  replace(2077, "show_config_by_name", 1, (call, original) => {
    const name = call.text(0);
    return listener.isForeignSetting(name) ? unknownSetting(api, name) : original();
  });
  replace(3294, "show_config_by_name_missing_ok", 2, (call, original) => {
    const name = call.text(0);
    if (!listener.isForeignSetting(name)) return original();
    return call.word(1) === 0 ? unknownSetting(api, name) : call.null();
  });
}
