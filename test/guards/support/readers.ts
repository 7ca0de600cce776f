import { looksLikeConnection, secretsOfArguments } from "../../../src/config/argument-secrets.ts";
import { parseConfigFile } from "../../../src/config/config-file.ts";
import { parseConnection } from "../../../src/config/connection-string.ts";
import { parseDuration } from "../../../src/config/duration.ts";
import { findPassword } from "../../../src/config/pgpass.ts";
import { redact } from "../../../src/config/redact.ts";
import { findService } from "../../../src/config/service-file.ts";
import { saslprep } from "../../../src/database/saslprep.ts";
import { oneLine, socketPath } from "../../../src/database/target.ts";
import { databases } from "../../../src/databases.ts";
import { columnsIn } from "../../../src/diagram/names.ts";
import { ignoreRule } from "../../../src/diff/ignore.ts";
import {
  commentsOf,
  listedValuesIn,
  referenceIn,
  speaksOfReference,
} from "../../../src/document/column-comments.ts";
import { databaseNames } from "../../../src/document/database-names.ts";
import { phaseOf, tableOf } from "../../../src/document/headings.ts";
import type { Block } from "../../../src/document/markdown.ts";
import { readAccess, readAnnounced, readClaims, readDrawn, readListed } from "../../../src/document/prose.ts";
import { parseDocument } from "../../../src/document/read.ts";
import { statementsOf } from "../../../src/document/sql-fence.ts";
import { SocratesError } from "../../../src/errors.ts";
import { matchesGlob } from "../../../src/glob.ts";
import { migrationName } from "../../../src/init/names.ts";
import { dbmate } from "../../../src/init/tools/dbmate.ts";
import { drizzle } from "../../../src/init/tools/drizzle.ts";
import { flyway } from "../../../src/init/tools/flyway.ts";
import { goose } from "../../../src/init/tools/goose.ts";
import { nodePgMigrate } from "../../../src/init/tools/node-pg-migrate.ts";
import { sqlMigrate } from "../../../src/init/tools/sql-migrate.ts";
import { readDirectives } from "../../../src/migrations/directives.ts";
import { readStatements } from "../../../src/migrations/files.ts";
import { nearest } from "../../../src/nearest.ts";
import { errorLines } from "../../../src/report/error.ts";
import { markdownReport } from "../../../src/report/findings/markdown.ts";
import { guarded, visibleLines } from "../../../src/report/visible.ts";
import { onOneLine } from "../../../src/runner/notices.ts";
import { ownName, partsOfName } from "../../../src/schema/names.ts";
import { withDatePart, withSqlSyntax } from "../../../src/shadow/sql-syntax.ts";
import { withoutCasts } from "../../../src/shadow/without-casts.ts";
import { locateInFile } from "../../../src/sources/locate-in-file.ts";
import { offsetWithin } from "../../../src/sql/error-position.ts";
import { findName } from "../../../src/sql/find-name.ts";
import { argumentsAt } from "../../../src/sql/parentheses.ts";
import { dollarQuoted } from "../../../src/sql/quote.ts";
import { secretsOfSql } from "../../../src/sql/secrets.ts";
import { checksum, flawOfText, locate } from "../../../src/sql/source-file.ts";
import { splitStatements } from "../../../src/sql/statements.ts";
import { lineComments } from "../../../src/sql/tokens.ts";
import { fakeMachine, plainFile } from "../../config/fake-machine.ts";
import { takeOver } from "./take-over.ts";

/** A reader of a user's, file's, server's or document's text. Its result does not matter here. */
export type Reader = (text: string) => unknown;

/** A reader of a text between two others. */
function between(before: string, after: string, read: Reader): Reader {
  return (text) => read(`${before}${text}${after}`);
}

const secrets = ["a", "a b", "\\", '\\"'.repeat(40), "%25a", "passphrase\n'\\", "password-of-more-letters"];

const machine = fakeMachine();
const connection: Reader = (text) => parseConnection(text, "DATABASE_URL", machine);

const source = (text: string) => ({ path: "/001_a.sql", text });
const table = { kind: "table", name: "public.a", attributes: {}, needs: [] } as const;
const statement = { text: "SELECT 1", offset: 0, words: ["DO"], names: ["do"], copiesToClient: false };

function block(kind: Block["kind"], text: string, heading = "Architecture of the diagram"): Block {
  const headings = [undefined, "a Database", heading, "Indexes", "Migration"];
  const location = { file: "a.md", line: 1, column: 1 };
  return { headings, kind, depth: 0, language: "sql", text, location, lastLine: 1 };
}

const names = databaseNames(databases);

/** A whole document. */
export const document: Reader = (text) => parseDocument(text, "a.md", databases);
const heading = "# a Database\n## Table: a (phase 1)\n";

export const readers: Readonly<Record<string, Reader>> = {
  "secrets of arguments": (text) => secretsOfArguments([text, `-${text}`, `--auth-url=${text}`]),
  "secrets of a connection string": between("host=a password=", " b", (text) => secretsOfArguments([text])),
  "secrets of a URI": between("postgresql://", "", (text) => secretsOfArguments([text])),
  "whether an argument is a connection string": looksLikeConnection,
  "a text with secrets": (text) => redact(text, secrets),
  "a connection string": connection,
  "a list of keywords": between("host=", " port=1", connection),
  "a value in quotes": between("host='", "' port=1", connection),
  "a URI": between("postgresql://", "", connection),
  "a URI with a password": between("postgresql://a:/", "@h/d?sslmode=disable&", connection),
  "a URI with hosts": between("postgresql://a:b@h", "/d", connection),
  "a number of seconds": between("connect_timeout='1", "a'", connection),
  "a directory of sockets": between("/a", "a", (host) => socketPath({ host, port: 5432 })),
  "a password file": (text) =>
    findPassword(text, { address: { host: "a", port: 1 }, database: "b", user: "c" }),
  "a service file": between("[a]\nhost=a\n", "", (text) =>
    findService("a", "PGSERVICE", fakeMachine({ PGSERVICEFILE: "/a" }, { "/a": { text, mode: plainFile } })),
  ),
  "a config file": (text) => parseConfigFile(text, "a.json"),
  "a key of a config file": (text) => parseConfigFile(JSON.stringify({ [text]: 1 }), "a.json"),
  "a duration": between("1", "", (text) => parseDuration(text, "--lock-wait")),
  "a rule of what to ignore": ignoreRule,
  "a glob": (text) => matchesGlob("public.users_of_the_application.name", text),
  "a misspelt word": (text) => nearest(text, ["connect_timeout", "application_name"]),
  "a password": (text) => saslprep(`\u00e4${text}`),

  "an SQL file": (text) => readStatements(source(text)),
  "an SQL file with an open quote": between("SELECT 1;", "\n'", (text) => readStatements(source(text))),
  "SQL after a string": between("SELECT E'a'", "", splitStatements),
  "SQL within a string": between("SELECT E'", "'", splitStatements),
  "SQL within a statement": between("CREATE TABLE a (b int", ");", splitStatements),
  "the comments of SQL": (text) => [...lineComments(text, text.length)],
  directives: (text) => readDirectives(source(text)),
  "a directive": between("-- socrates-db", " a\nSELECT 1;", (text) => readDirectives(source(text))),
  "secrets of SQL": secretsOfSql,
  "a secret of SQL": between("ALTER USER a PASSWORD ", "", secretsOfSql),
  "a place in a file": (text) => locate(source(text), text.length - 1),
  "a name in a file": (text) => locateInFile(source(text), table),
  "a name in a statement": (sql) =>
    findName([{ sql, location: { file: "a", line: 1, column: 1 } }], "a", undefined),
  "the context of an error": (text) => offsetWithin({ message: "" }, statement, text),
  "a notice": between("a", "a", onOneLine),
  "a text that is quoted": dollarQuoted,
  "a checksum": checksum,
  "the bytes of a text": (text) => flawOfText(Buffer.concat([Buffer.from(text), Buffer.from([0xff])])),

  "a file of goose": (text) => takeOver({ "db/1_a.sql": `-- +goose Up\n${text}` }, goose),
  "a file of dbmate": (text) => takeOver({ "db/1_a.sql": `-- migrate:up\n${text}` }, dbmate),
  "a file of sql-migrate": (text) => takeOver({ "db/1_a.sql": `-- +migrate Up\n${text}` }, sqlMigrate),
  "a file of node-pg-migrate": (text) =>
    takeOver({ "db/1_a.sql": `-- Up Migration\n${text}` }, nodePgMigrate),
  "a file of Drizzle": (text) =>
    takeOver(
      { "db/meta/_journal.json": '{"dialect":"pg","entries":[{"tag":"a","when":1}]}', "db/a.sql": text },
      drizzle,
    ),
  "a file of Flyway": (text) => takeOver({ "db/V1__a.sql": text }, flyway),
  "settings of Flyway": (text) => takeOver({ "flyway.conf": text, "db/V1__a.sql": "" }, flyway),
  "TOML of Flyway": (text) => takeOver({ "flyway.toml": text, "db/V1__a.sql": "" }, flyway),
  "a name of a migration": (text) => migrationName(text, "1"),

  "a document": document,
  "SQL of a document": between(`${heading}\`\`\`sql\nCREATE TABLE a (b int);\n`, "\n```\n", document),
  "comments of a document": between(
    `${heading}\`\`\`sql\nCREATE TABLE a (b int -- `,
    "\n);\n```\n",
    document,
  ),
  "statements of a fence": (text) => statementsOf(block("fence", text)),
  "comments of a fence": (text) => commentsOf(block("fence", text)),
  "comments in a table": between("CREATE TABLE a (b int ", ")", (text) => commentsOf(block("fence", text))),
  "a claim": (text) => readClaims([block("text", text)]),
  "the number of a claim": between("a: ", "1 indexe", (text) => readClaims([block("text", text)])),
  "a list": (text) => readListed([block("text", text)], names),
  "an access": between("Access: ", "a\u2028b", (text) => readAccess([block("text", text)], names)),
  "a migration of a document": (text) => readAnnounced([block("text", text)]),
  "a drawing": (text) => readDrawn([block("fence", text)]),
  "text below a long heading": (text) =>
    [readClaims, readListed, readAccess, readAnnounced].map((read) =>
      read(
        Array.from({ length: text.length / 8 }, () => block("text", "a", text)),
        names,
      ),
    ),
  "a database in a heading": names.inHeading,
  "the phases in a heading": between("phase ", "", phaseOf),
  "a table in a heading": between("Table: a", "", tableOf),
  "a reference": between("references ", "!", referenceIn),
  "a reference in brackets": between("-> a (", "", referenceIn),
  "whether a comment is a reference": between("references", "", speaksOfReference),
  "values in a comment": between("a", "!", listedValuesIn),

  "an expression of an old server": withSqlSyntax,
  "an expression for an old server": withDatePart,
  "an expression with casts": withoutCasts,
  "a list in an expression": between("a = ANY (ARRAY['a'", "] || b)", withoutCasts),
  "a list of arguments": between("(", ")", (text) => argumentsAt(text, 0)),
  "a name": (text) => [partsOfName(text), ownName(text), columnsIn(text)],

  "a message": (text) => errorLines(new SocratesError("usage", text, { hint: text }), true, 80),
  "a line of a file": (text) =>
    errorLines(
      new SocratesError("usage", "a", {
        hint: "b",
        location: { file: "a", line: 1, column: text.length },
        sourceLine: text,
      }),
      false,
      undefined,
    ),
  "a text of a server": (text) => [visibleLines(text), guarded(text, true), oneLine(text)],
  "a finding": (message) =>
    markdownReport({
      title: "diff",
      findings: [{ code: "a", severity: "error", message }],
      counts: { errors: 1, warnings: 0, advice: 0 },
      summary: [],
      place: "a",
    }),
};

/** Documents with many things next to each other. */
export const documents: Readonly<Record<string, (length: number) => string>> = {
  "lines below a long heading": (length) => `# a${" ".repeat(length / 2)}b\n${"a\n\n".repeat(length / 6)}`,
  "tables below a long heading": (length) =>
    `# a Database${" a".repeat(length / 4)}\n# a Database\n${tables(length / 2, () => "")}`,
  "tables that refer to each other": (length) =>
    `# a Database\n${tables(length, (i) => `-- -> a${i * 7}.B`)}`,
  "columns that refer to their table": (length) =>
    `${heading}\`\`\`sql\nCREATE TABLE a (b int${", -- -> a.B\nc int".repeat(length / 18)});\n\`\`\`\n`,
};

/** Tables with about this many characters. */
function tables(length: number, comment: (i: number) => string): string {
  return Array.from({ length: length / 70 }, (_, i) => {
    const name = `a${i}`;
    return `## Table: ${name} (phase 1)\n\`\`\`sql\nCREATE TABLE ${name} (b int ${comment(i)}\n);\n\`\`\`\n`;
  }).join("");
}
