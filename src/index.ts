/** The public API: what the command line does, for programs. */
export type {
  DiagramCall,
  DiffCall,
  MigrateCall,
  PageCall,
  PullStatisticsCall,
  ReadyCall,
  ReportCall,
  RollbackCall,
  SeedCall,
  SyncDocumentCall,
  VerifyCall,
} from "./api/calls.ts";
export type { HtmlPage } from "./api/html-page.ts";
export { type OpenOptions, open } from "./api/open.ts";
export type { Duration, FindingsOptions, RunOptions, SignalOptions } from "./api/options.ts";
export type { OpenProject } from "./api/project.ts";
export type { SqlClient } from "./database/pool.ts";
export { type DatabaseDefinition, type DefaultKey, databases } from "./databases.ts";
export type { RenderedDiagram } from "./diagram/render/index.ts";
export type { Finding, Summary } from "./diff/finding.ts";
export { type ErrorCode, type ExitCode, errorCodes, type Location, SocratesError } from "./errors.ts";
export type { DoctorReport } from "./report/doctor.ts";
export type { FindingsJson } from "./report/findings/json.ts";
export type { PlannedReport, PlanReport } from "./report/plan.ts";
export type { ReviewJson } from "./report/review/content.ts";
export type { MigrateReport, MigrationReport, RollbackReport } from "./report/run.ts";
export type { SeedReport } from "./report/seed.ts";
export type { StatisticsReport } from "./report/statistics.ts";
export type { MigrationStatusReport, ReadyReport, StatusReport } from "./report/status.ts";
export type { TraceReport } from "./report/trace.ts";
export type { RunEvent } from "./runner/settings.ts";
export type { SeedEvent } from "./seed/events.ts";
export type { SyncReport } from "./sync/sync.ts";
export { createTestDatabases } from "./testing/create.ts";
export { matchers } from "./testing/matchers.ts";
export type { Setup, TestDatabasesOptions } from "./testing/options.ts";
export type { PgPool, TestDatabase, TestDatabases } from "./testing/test-databases.ts";
export type { CheckName } from "./verify/checks/names.ts";
export { version } from "./version.ts";
