import { adopt } from "./adopt.ts";
import type { CommandDefinition } from "./command.ts";
import { completion } from "./completion.ts";
import { create } from "./create.ts";
import { diagram } from "./diagram.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { env } from "./env.ts";
import { migrate } from "./migrate.ts";
import { psql } from "./psql.ts";
import { rollback } from "./rollback.ts";
import { seed } from "./seed.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  migrate,
  rollback,
  adopt,
  status,
  diff,
  verify,
  trace,
  diagram,
  seed,
  serve,
  env,
  psql,
  create,
  doctor,
  completion,
];
