/**
 * The actions that follow migrations and print no table, as one part of the program: they share most of their code, and
 * a start that loads few files is a quick one.
 */
export { createAction } from "./create.ts";
export { migrateAction } from "./migrate.ts";
export { rollbackAction } from "./rollback.ts";
