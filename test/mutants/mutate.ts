import { parseAst } from "vitest/node";

/** One small change of a source, which a test should notice. */
export interface Mutant {
  /** Offsets of the replaced text in the source. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The children of a node; types have none that a test could notice. */
function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .filter(({ type }) => !type.startsWith("TS") || /^TS(As|Satisfies|NonNull)/.test(type));
}

function childOf(node: Node, key: string): Node | undefined {
  const child = node[key];
  return isNode(child) ? child : undefined;
}

const otherOperator: Readonly<Record<string, string>> = {
  "&&": "||",
  "||": "&&",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};

/** Methods that return a list. */
const listMethods = /^(concat|filter|flat|flatMap|map|slice|sort|toSorted)$/;

function isList(node: Node): boolean {
  if (node.type === "ArrayExpression") return childrenOf(node).length > 0;
  const method = node.type === "CallExpression" ? childOf(node, "callee") : undefined;
  const name = method === undefined ? undefined : childOf(method, "property")?.["name"];
  return typeof name === "string" && listMethods.test(name);
}

function isCall(node: Node | undefined): boolean {
  const inner = node?.type === "AwaitExpression" ? childOf(node, "argument") : node;
  return inner?.type === "CallExpression";
}

/** The largest number to change: larger ones are sizes and times, where one more rarely changes the outcome. */
const largestNumber = 20;

/** The changes of one node itself. */
function changesOf(node: Node, text: string): Mutant[] {
  const { type, start, end } = node;
  const source = text.slice(start, end);
  const replaced = (by: string, at: { start: number; end: number } = node): Mutant => ({
    start: at.start,
    end: at.end,
    replacement: by,
  });
  const test = /^(If|While|Conditional)/.test(type) ? childOf(node, "test") : undefined;
  if (test !== undefined && test.type !== "UnaryExpression")
    return [replaced(`!(${text.slice(test.start, test.end)})`, test)];
  if (type === "UnaryExpression" && source.startsWith("!")) return [replaced(source.slice(1))];
  if (type === "LogicalExpression" || type === "BinaryExpression") {
    const [left, right, operator] = [childOf(node, "left"), childOf(node, "right"), node["operator"]];
    const other = otherOperator[String(operator)];
    if (left === undefined || right === undefined || other === undefined) return [];
    const at = text.indexOf(String(operator), left.end);
    return [replaced(other, { start: at, end: at + String(operator).length })];
  }
  if (type === "Literal" && typeof node["value"] === "number" && /^\d+$/.test(source)) {
    const value = node["value"];
    if (value > largestNumber) return [];
    return (value === 0 ? [1] : [value - 1, value + 1]).map((number) => replaced(String(number)));
  }
  const returned =
    type === "ReturnStatement"
      ? childOf(node, "argument")
      : type === "ArrowFunctionExpression"
        ? childOf(node, "body")
        : undefined;
  if (returned !== undefined && isList(returned)) return [replaced("[]", returned)];
  if (type === "ExpressionStatement" && isCall(childOf(node, "expression"))) return [replaced(";")];
  return [];
}

/**
 * All mutants of a TypeScript source, in the order of their places: conditions negated, `!` dropped, `&&` and `||`, `<` and
 * `<=`, `===` and `!==` swapped, small numbers one less and one more, lists that are returned empty, calls left out.
 */
export function mutantsOf(text: string): Mutant[] {
  const found: Mutant[] = [];
  const visit = (node: Node): void => {
    found.push(...changesOf(node, text));
    for (const child of childrenOf(node)) visit(child);
  };
  const program: unknown = parseAst(text, { lang: "ts" });
  if (isNode(program)) visit(program);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with one change. */
export function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
