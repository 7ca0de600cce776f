import type { Tool } from "../model.ts";
import { alembic } from "./alembic.ts";
import { dbmate } from "./dbmate.ts";
import { drizzle } from "./drizzle.ts";
import { flyway } from "./flyway.ts";
import { golangMigrate } from "./golang-migrate.ts";
import { goose } from "./goose.ts";
import { nodePgMigrate } from "./node-pg-migrate.ts";
import { prisma } from "./prisma.ts";
import { sqlMigrate } from "./sql-migrate.ts";

/** All tools that `init` recognises. */
export const tools: readonly Tool[] = [
  alembic,
  prisma,
  drizzle,
  flyway,
  dbmate,
  nodePgMigrate,
  golangMigrate,
  goose,
  sqlMigrate,
];
