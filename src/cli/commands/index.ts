import type { NamedDatabase } from "../../databases.ts";
import { adopt } from "./adopt.ts";
import type { CommandDefinition } from "./command.ts";
import { completion } from "./completion.ts";
import { create } from "./create.ts";
import { diagram } from "./diagram.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { document } from "./document.ts";
import { env } from "./env.ts";
import { init } from "./init.ts";
import { migrate } from "./migrate.ts";
import { psql } from "./psql.ts";
import { rehearse } from "./rehearse.ts";
import { report } from "./report.ts";
import { rollback } from "./rollback.ts";
import { seed } from "./seed.ts";
import { serve } from "./serve.ts";
import { stats } from "./stats.ts";
import { status } from "./status.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";

/** All commands, in the order of the help. @param databases of the project */
export function commandsFor(databases: readonly NamedDatabase[]): readonly CommandDefinition[] {
  return [
    init,
    migrate,
    rehearse,
    stats,
    rollback,
    adopt(databases),
    status,
    diff(databases),
    document,
    verify,
    trace(databases),
    diagram(databases),
    report,
    seed,
    serve(databases),
    env,
    psql(databases),
    create(databases),
    doctor(databases),
    completion,
  ];
}
