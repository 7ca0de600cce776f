import { diagram } from "../../compare/diagram.ts";
import type { Change } from "../../diagram/model.ts";
import type { Paint } from "../../diagram/render/text.ts";
import { SocratesError } from "../../errors.ts";
import { reportStyle } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/diagram.ts";
import { workspaceOf } from "../workspace.ts";

function painter(invocation: Invocation): Paint {
  const { paint } = reportStyle(invocation);
  const colours = { added: paint.green, missing: paint.red, changed: paint.yellow } as const satisfies Record<
    Change,
    unknown
  >;
  return (text, change) => colours[change](text);
}

/** `socrates-db diagram` */
export const diagramAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const [table, depth] = [given(options.table), given(options.depth)];
  if (depth !== undefined && table === undefined)
    throw new SocratesError("usage", "--depth needs --table", {
      hint: "Use for example --table users --depth 2.",
    });
  const [source, diff] = [given(options.source), given(options.diff)];
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    databases: diff || source === "live" ? "used" : "unused",
    document: given(options.document),
  });
  const { text, warnings } = await diagram(
    workspace,
    { source, diff, phase: given(options.phase), table, depth },
    {
      style: given(options.style) ?? "unicode",
      columns: given(options.columns) ?? "none",
      width: given(options.width) ?? io.columns ?? Number.POSITIVE_INFINITY,
      paint: painter(invocation),
    },
  );
  for (const warning of warnings) io.err(`warning: ${warning}`);
  await io.out(text);
  return 0;
};
