import path from "node:path";
import { byText, gather, Refusal, readFile, startWithBaseline, type ToolFile, wholeFile } from "../gather.ts";
import type { Note, Part, Reading, Repository, Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersOf, optionalText } from "../repository.ts";
import { byVersion, type FlywayName, flywayName, type NameRules, versionParts } from "./flyway-names.ts";
import { fillPlaceholders } from "./flyway-placeholders.ts";
import { type FlywaySetting, flywaySettings, settingOf } from "./flyway-settings.ts";

function rulesOf(settings: readonly FlywaySetting[]): NameRules {
  return {
    versioned: settingOf(settings, "sqlmigrationprefix") ?? "V",
    undo: settingOf(settings, "undosqlmigrationprefix") ?? "U",
    repeatable: settingOf(settings, "repeatablesqlmigrationprefix") ?? "R",
    separator: settingOf(settings, "sqlmigrationseparator") ?? "__",
    suffixes: (settingOf(settings, "sqlmigrationsuffixes") ?? ".sql").split(","),
  };
}

/** The folders that `locations` names: relative to the repository, or the end of one on the class path. */
function locationsOf(settings: readonly FlywaySetting[]): string[] {
  return (settingOf(settings, "locations") ?? "")
    .split(",")
    .map((location) => location.trim().replace("{vendor}", "postgresql"))
    .filter((location) => location !== "")
    .map((location) =>
      path.posix.normalize(location.replace(/^(filesystem|classpath):\/?/, "")).replace(/\/$/, ""),
    );
}

/** Flyway reads the folders below a location: its folder is a location, or the highest one with migrations. */
function find(repository: Repository): string[] {
  const settings = flywaySettings(repository);
  const rules = rulesOf(settings);
  const folders = foldersOf(repository, (_, name) => flywayName(name, rules).kind === "versioned");
  const locations = locationsOf(settings);
  const rooted = folders.map((folder) => {
    const location = locations.find((each) => `/${folder}/`.includes(`/${each}/`));
    return location === undefined
      ? folder
      : folder.slice(0, `/${folder}/`.indexOf(`/${location}/`) + location.length);
  });
  const found = [...new Set(rooted)];
  return found.filter((folder) => !found.some((other) => other !== folder && folder.startsWith(`${other}/`)));
}

interface Named {
  readonly from: string;
  readonly name: FlywayName;
}

/** The settings of one script, in a file with its name and `.conf`. */
function isOutsideTransaction(repository: Repository, folder: string, from: string): boolean {
  const text = optionalText(repository, path.posix.join(folder, `${from}.conf`));
  const should = /^\s*shouldExecute\s*=\s*(\S.*)$/m.exec(text)?.[1];
  if (should !== undefined && should.trim() !== "true")
    throw new Refusal(`${from}.conf`, `shouldExecute=${should.trim()}: whether it runs is decided elsewhere`);
  return /^\s*executeInTransaction\s*=\s*false\s*$/m.test(text);
}

function read(repository: Repository, folder: string): Reading {
  const settings = flywaySettings(repository);
  const rules = rulesOf(settings);
  const files = filesBelow(repository, folder).map(
    (from): Named => ({ from, name: flywayName(path.posix.basename(from), rules) }),
  );
  const warnings: Note[] = [];
  const outside = settingOf(settings, "executeintransaction") === "false";
  const partOf = (from: string): Part => {
    const file: ToolFile = readFile(repository, folder, from);
    const filled = fillPlaceholders(file, settings);
    warnings.push(...filled.warnings);
    return wholeFile(filled.file, outside || isOutsideTransaction(repository, folder, from));
  };
  const versioned = files
    .flatMap(({ from, name }) => (name.kind === "versioned" ? [{ from, ...name }] : []))
    .sort((a, b) => byVersion(a.version, b.version));
  const undos = files.flatMap(({ from, name }) => (name.kind === "undo" ? [{ from, ...name }] : []));
  const repeatables = files
    .flatMap(({ from, name }) => (name.kind === "repeatable" ? [{ from, ...name }] : []))
    .sort((a, b) => byText(a.description, b.description));
  const chain = gather(versioned, ({ from, version, description }): ToolMigration => {
    const down = undos.find((undo) => byVersion(undo.version, version) === 0);
    return {
      from,
      name: description,
      version: from,
      up: partOf(from),
      down: down === undefined ? undefined : partOf(down.from),
      expectsDown: true,
    };
  });
  const last = gather(repeatables, ({ from, description }): ToolMigration => {
    warnings.push({ from, reason: "Flyway runs it again whenever it changes; from now on it runs once" });
    return { from, name: description, version: from, up: partOf(from), down: undefined, expectsDown: false };
  });
  const taken = new Set(versioned.map(({ version }) => version.join(".")));
  const others = files.filter(
    ({ name }) =>
      name.kind !== "versioned" &&
      name.kind !== "repeatable" &&
      !(name.kind === "undo" && taken.has(name.version.join("."))),
  );
  return {
    migrations: [...chain.made, ...last.made],
    skips: others.map(({ from, name }) => ({ from, reason: reasonFor(name) })),
    warnings: [...defaultSchema(settings, folder), ...warnings, ...others.flatMap(leftOut)],
    refused: [...twins(versioned), ...inOtherLanguages(repository), ...chain.refused, ...last.refused],
  };
}

/** Flyway creates objects without a schema in the first of its schemas. */
function defaultSchema(settings: readonly FlywaySetting[], from: string): Note[] {
  const schema =
    settingOf(settings, "defaultschema") ?? settingOf(settings, "schemas")?.split(",")[0]?.trim() ?? "public";
  return schema === "public"
    ? []
    : [
        {
          from,
          reason: `Flyway's settings make ${schema} the default schema; from now on, names without a schema are those of public`,
        },
      ];
}

function reasonFor(name: FlywayName): string {
  switch (name.kind) {
    case "baseline":
      return `replaces the versions up to ${name.version.join(".")} in new databases; those are taken over instead`;
    case "callback":
      return "is a callback, not a migration";
    case "script-config":
      return "has the settings of one script";
    case "undo":
      return "rolls back a version that has no file";
    default:
      return "is not named as a migration of Flyway";
  }
}

/** What ran in the old tool and will not run any more. */
function leftOut({ from, name }: Named): Note[] {
  const isWorthIt = name.kind === "baseline" || name.kind === "callback" || name.kind === "undo";
  return isWorthIt || /\.sql$/i.test(from) ? [{ from, reason: `${reasonFor(name)}; it is left out` }] : [];
}

function twins(versioned: readonly { readonly from: string; readonly version: readonly string[] }[]): Note[] {
  return versioned.flatMap(({ from, version }, i) => {
    const other = versioned[i - 1];
    return other !== undefined && byVersion(other.version, version) === 0
      ? [{ from, reason: `has the same version, ${version.join(".")}, as ${other.from}` }]
      : [];
  });
}

/** Migrations in a language of the Java platform, which Flyway runs between those in SQL. */
function inOtherLanguages({ files }: Repository): Note[] {
  return files
    .filter((file) => /(^|\/)[VR][\d_]*__\w+\.(java|kt|scala|groovy)$/.test(file))
    .map((from) => ({ from, reason: `is a migration that is not SQL; ${startWithBaseline}` }));
}

/** Files `V1.2__name.sql`, ordered by their versions, then the repeatable ones `R__name.sql` by their names. */
export const flyway: Tool = {
  name: "flyway",
  title: "Flyway",
  ledger: {
    table: "flyway_schema_history",
    // The last row of each version says whether it is applied. A baseline covers the versions up to its own.
    query: (table) => `
      SELECT CASE WHEN type LIKE '%BASELINE' THEN 'up to ' || version ELSE script END AS version FROM ${table} h
      WHERE success AND type !~ '^UNDO_' AND type <> 'DELETE' AND installed_rank =
        (SELECT max(installed_rank) FROM ${table} o WHERE coalesce(o.version, o.script) = coalesce(h.version, h.script))`,
    appliedBy: (rows, migrations) => {
      const baselines = rows.flatMap((row) => {
        const version = versionParts(/^up to (.*)$/.exec(row)?.[1] ?? "");
        return version === undefined ? [] : [version];
      });
      const covered = migrations.filter(({ from }) => {
        const version = versionParts(/^[A-Z]+([\d._]+?)__/.exec(path.posix.basename(from))?.[1] ?? "");
        return version !== undefined && baselines.some((baseline) => byVersion(version, baseline) <= 0);
      });
      return [...rows, ...covered.map(({ version }) => version)];
    },
  },
  find,
  read,
};
