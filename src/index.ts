/** The public API: what the command line does, for programs. */
export { type Config, type Flags, loadConfig } from "./config/load.ts";
export type { EmbeddedTarget, ServerTarget, Target } from "./database/target.ts";
export { type DatabaseDefinition, databases } from "./databases.ts";
export { type ErrorCode, type ExitCode, errorCodes, SocratesError } from "./errors.ts";
export { createMigration } from "./migrations/create.ts";
export { type ChainFiles, type MigrationFile, readChain } from "./migrations/files.ts";
export type { Limit, Plan, RollbackLimit } from "./migrations/plan.ts";
export type { DatabaseInput, Project } from "./project/open.ts";
export { type DatabaseStatus, status } from "./project/status.ts";
export { type MigrateOptions, type MigrateResult, migrate, planMigrate } from "./runner/migrate.ts";
export { planRollback, type RollbackOptions, type RollbackResult, rollback } from "./runner/rollback.ts";
export type { RunEvent, RunSettings } from "./runner/settings.ts";
export type { Confirmation } from "./runner/settle.ts";
export { version } from "./version.ts";
