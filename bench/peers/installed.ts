import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Migrator, writeFiles } from "./migrator.ts";

/** `psql -1`: no ledger, only the SQL. */
export function psql(programs: string): Migrator | undefined {
  const program = path.join(programs, "psql");
  if (!existsSync(program)) return undefined;
  return {
    name: "psql -1",
    write: (folder, migrations) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "all.sql"), migrations.map(({ sql }) => sql).join("\n"));
    },
    up: (folder, url) => ({
      argv: [program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", path.join(folder, "all.sql"), url],
    }),
    status: (_, url) => ({ argv: [program, "-X", "-q", "-c", "select 1", url] }),
  };
}

/** Whether an installed program runs. */
function answers(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** sql-migrate (Go), from distribution packages. */
export function sqlMigrate(): Migrator | undefined {
  if (!answers("sql-migrate", "--version")) return undefined;
  const command = (word: string, folder: string, url: string) => ({
    argv: ["sql-migrate", word, `-config=${path.join(folder, "dbconfig.yml")}`] as const,
    env: { DATABASE_URL: url },
  });
  return {
    name: "sql-migrate",
    write: (folder, migrations) => {
      const files = path.join(folder, "sql");
      writeFiles(files, migrations, (sql) => `-- +migrate Up\n${sql}\n-- +migrate Down\n`);
      writeFileSync(
        path.join(folder, "dbconfig.yml"),
        `development:\n  dialect: postgres\n  datasource: \${DATABASE_URL}\n  dir: ${files}\n`,
      );
    },
    up: (folder, url) => command("up", folder, url),
    status: (folder, url) => command("status", folder, url),
  };
}

const alembicEnvironment = `import os
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`;

function alembicRevision(id: string, before: string | undefined, sql: string): string {
  return `from alembic import op

revision = "${id}"
down_revision = ${before === undefined ? "None" : `"${before}"`}


def upgrade():
    op.get_bind().exec_driver_sql(r'''${sql.replaceAll("%", "%%")}''')


def downgrade():
    pass
`;
}

/** Alembic (Python), from distribution packages, with psycopg2. */
export function alembic(): Migrator | undefined {
  if (!answers("alembic", "--version") || !answers("/usr/bin/python3", "-c", "import psycopg2"))
    return undefined;
  const command = (words: readonly string[], folder: string, url: string) => ({
    argv: ["alembic", "-c", path.join(folder, "alembic.ini"), ...words] as const,
    env: { DATABASE_URL: url },
  });
  return {
    name: "alembic",
    write: (folder, migrations) => {
      const versions = path.join(folder, "versions");
      mkdirSync(versions, { recursive: true });
      writeFileSync(path.join(folder, "alembic.ini"), `[alembic]\nscript_location = ${folder}\n`);
      writeFileSync(path.join(folder, "env.py"), alembicEnvironment);
      let before: string | undefined;
      for (const { number, sql } of migrations) {
        const id = `r${number}`;
        writeFileSync(path.join(versions, `${id}.py`), alembicRevision(id, before, sql));
        before = id;
      }
    },
    up: (folder, url) => command(["upgrade", "head"], folder, url),
    status: (folder, url) => command(["current"], folder, url),
  };
}
