import { functionText, nameText, operatorText, typeText } from "../fragments.ts";

/** The access method in the name of a family or class: each method has its own. */
export function methodSuffix(oid: string): string {
  return `' USING ' || (SELECT pg_catalog.quote_ident(m.amname) FROM pg_catalog.pg_am m WHERE m.oid = ${oid})`;
}

/**
 * The operators and functions of a family, by their numbers and types.
 * @param isOwn SQL condition on the types of the left and the right operand
 */
export function membersText(
  family: string,
  isOwn: (left: string, right: string) => string,
): Readonly<Record<string, string>> {
  const list = (text: string, order: string) => `pg_catalog.string_agg(${text}, ', ' ORDER BY ${order})`;
  return {
    operators: `(SELECT ${list(
      `b.amopstrategy || ' ' || ${operatorText("b.amopopr")} || CASE WHEN b.amopsortfamily <> 0 THEN ' FOR ORDER BY ' || ${nameText("pg_opfamily", "opf", "b.amopsortfamily")} ELSE '' END`,
      `b.amopstrategy, ${operatorText("b.amopopr")} COLLATE pg_catalog."C"`,
    )} FROM pg_catalog.pg_amop b WHERE b.amopfamily = ${family} AND ${isOwn("b.amoplefttype", "b.amoprighttype")})`,
    functions: `(SELECT ${list(
      `b.amprocnum || ' (' || ${typeText("b.amproclefttype")} || ', ' || ${typeText("b.amprocrighttype")} || ') ' || ${functionText("b.amproc")}`,
      `b.amprocnum, ${functionText("b.amproc")} COLLATE pg_catalog."C"`,
    )} FROM pg_catalog.pg_amproc b WHERE b.amprocfamily = ${family} AND ${isOwn("b.amproclefttype", "b.amprocrighttype")})`,
  };
}
