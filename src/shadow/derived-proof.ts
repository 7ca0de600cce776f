import type { DerivedChange } from "../schema/derived-change.ts";
import { type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Rewrite } from "./definition.ts";
import type { SchemaRole, Suspect } from "./derived-changes.ts";
import type { Printer } from "./printer.ts";
import { asWritten } from "./redeparse.ts";
import { withoutCasts } from "./without-casts.ts";

/** Texts of one side, deparsed with the columns of one side. */
interface Print {
  readonly columns: SchemaRole;
  readonly texts: SchemaRole;
  readonly rewrite: Rewrite;
}

const own = {
  expected: { columns: "expected", texts: "expected", rewrite: asWritten },
  actual: { columns: "actual", texts: "actual", rewrite: asWritten },
} as const satisfies Record<SchemaRole, Print>;

/**
 * One text, written for both sides, as the shadow deparses it: that of either side, or the expected one without its
 * casts. If the results equal both sides' texts, only the columns make the difference.
 */
const trials: readonly (readonly Print[])[] = [
  [{ columns: "actual", texts: "expected", rewrite: asWritten }],
  [{ columns: "expected", texts: "actual", rewrite: asWritten }],
  [
    { columns: "expected", texts: "expected", rewrite: withoutCasts },
    { columns: "actual", texts: "expected", rewrite: withoutCasts },
  ],
];

const prints: readonly Print[] = [own.expected, own.actual, ...trials.flat()];

type Printed = ReadonlyMap<Print, Schema>;

/** Deparses all texts; `objectOf` is an object before that. */
async function printAll(
  schemas: Readonly<Record<SchemaRole, Schema>>,
  suspects: readonly Suspect[],
  textsOf: (print: Print, suspect: Suspect) => SchemaObject | undefined,
  rewriteOf: (print: Print) => Rewrite,
  printer: Printer,
): Promise<Printed> {
  const printings = prints.map((print) => {
    const objects = suspects.map((suspect) => {
      const object = suspect.sides[print.columns];
      const texts = suspect.attributes.map((name) => [
        name,
        textsOf(print, suspect)?.attributes[name] ?? null,
      ]);
      return { ...object, attributes: { ...object.attributes, ...Object.fromEntries(texts) } };
    });
    const { objects: all, uncovered, serverVersion } = schemas[print.columns];
    // Later ones of the same name win: objects that depend on a suspect see it as it is deparsed.
    const base = schemaOf([...all.values(), ...objects], uncovered, serverVersion);
    return { base, objects, rewrite: rewriteOf(print) };
  });
  const printed = await printer.print(printings);
  return new Map(
    prints.flatMap((print, i) => (printed[i] === undefined ? [] : [[print, printed[i]] as const])),
  );
}

type Matches = (print: Print, suspect: Suspect, attribute: string) => boolean;

function textIn(printed: Printed, print: Print, { key }: Suspect, attribute: string) {
  return printed.get(print)?.objects.get(key)?.attributes[attribute];
}

function isProven(suspect: Suspect, attribute: string, matches: Matches): boolean {
  const isText = (side: SchemaRole) => typeof suspect.sides[side].attributes[attribute] === "string";
  // The collation of an index is not a text that could be written: both sides must give it by themselves.
  const usable =
    attribute === "collations" ? trials.slice(-1) : isText("expected") && isText("actual") ? trials : [];
  return usable.some((trial) => trial.every((print) => matches(print, suspect, attribute)));
}

/**
 * The texts of suspects that are proven to follow from a column.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function proveDerived(
  schemas: Readonly<Record<SchemaRole, Schema>>,
  suspects: readonly Suspect[],
  printer: Printer,
): Promise<DerivedChange[]> {
  const first = await printAll(
    schemas,
    suspects,
    ({ texts }, { sides }) => sides[texts],
    ({ rewrite }) => rewrite,
    printer,
  );
  const isAsRead: Matches = (print, suspect, attribute) =>
    first.get(print)?.objects.has(suspect.key) === true &&
    (textIn(first, print, suspect, attribute) ?? null) ===
      (suspect.sides[print.columns].attributes[attribute] ?? null);
  const open = suspects.filter((suspect) =>
    suspect.attributes.some((name) => !isProven(suspect, name, isAsRead)),
  );
  // Another version may deparse the same text differently, and some texts change once they are read again.
  const second =
    open.length === 0
      ? first
      : await printAll(
          schemas,
          suspects,
          (print, { key }) => first.get(print)?.objects.get(key),
          () => asWritten,
          printer,
        );
  const matches: Matches = (print, suspect, attribute) => {
    if (isAsRead(print, suspect, attribute)) return true;
    const text = textIn(second, print, suspect, attribute);
    return typeof text === "string" && text === textIn(second, own[print.columns], suspect, attribute);
  };
  return suspects.flatMap((suspect) => {
    const attributes = suspect.attributes.filter((name) => isProven(suspect, name, matches));
    return attributes.length === 0 ? [] : [{ key: suspect.key, attributes, cause: suspect.cause }];
  });
}
