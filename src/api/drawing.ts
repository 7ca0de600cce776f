import { diagram } from "../compare/diagram.ts";
import type { RenderedDiagram } from "../diagram/render/index.ts";
import type { Workspace } from "../project/workspace.ts";
import type { DiagramCall } from "./calls.ts";

/** What `diagram` prints. */
export function drawing(workspace: Workspace, options: DiagramCall): Promise<RenderedDiagram> {
  const { style = "unicode", columns = "none", width = Number.POSITIVE_INFINITY } = options;
  return diagram(workspace, options, { style, columns, width, paint: (text) => text });
}
