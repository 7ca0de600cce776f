/** The actions that read schemas and compare them, as one part of the program; see `runs.ts`. */
export { adoptAction } from "./adopt.ts";
export { diagramAction } from "./diagram.ts";
export { diffAction } from "./diff.ts";
export { traceAction } from "./trace.ts";
export { verifyAction } from "./verify.ts";
