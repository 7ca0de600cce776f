/** A node of a plan, as EXPLAIN writes it in JSON. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Alias?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Order By"?: string;
  readonly "Total Cost"?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface ExplainedPlan {
  readonly Plan?: PlanNode;
}

/** A condition by which an index finds rows: columns of its own table have no prefix, columns of other tables have one. */
export interface Search {
  readonly index: string;
  readonly condition: string;
}

/** How a plan reads a relation. */
export interface Scan {
  readonly relation: string;
  /** Tells a relation from itself where a statement names it twice. */
  readonly alias: string;
  /** Empty for a sequential scan. */
  readonly indexes: readonly string[];
  /** The conditions by which the indexes find rows; none for an index that is read in full. */
  readonly searches: readonly Search[];
  /** Whether the index finds rows by their distance. */
  readonly isByDistance: boolean;
}

/** What matters of a plan. */
export interface PlanSummary {
  readonly scans: readonly Scan[];
  /** The number of sorts from scratch; an incremental one uses the order of an index. */
  readonly sorts: number;
  /** Whether it joins ordered inputs, which no statement asks for. */
  readonly mergesOrders: boolean;
  /** In the planner's units. */
  readonly cost: number;
}

const bitmapNodes: ReadonlySet<string> = new Set(["BitmapAnd", "BitmapOr", "Bitmap Index Scan"]);

/** The indexes of a bitmap heap scan; each alternative needs one. */
function bitmapScans(node: PlanNode): PlanNode[] {
  const inner = (node.Plans ?? []).filter((child) => bitmapNodes.has(child["Node Type"]));
  return [...(node["Index Name"] === undefined ? [] : [node]), ...inner.flatMap(bitmapScans)];
}

function scanOf(node: PlanNode): Scan | undefined {
  const { "Node Type": type, "Relation Name": relation, Alias: alias = "" } = node;
  if (relation === undefined || !/^(?:Seq|Index|Index Only|Bitmap Heap) Scan$/.test(type)) return undefined;
  const nodes = bitmapScans(node);
  return {
    relation,
    alias,
    indexes: nodes.flatMap((one) => one["Index Name"] ?? []),
    searches: nodes.flatMap(({ "Index Name": index = "", "Index Cond": condition }) =>
      condition === undefined ? [] : [{ index, condition }],
    ),
    isByDistance: nodes.some((one) => one["Order By"] !== undefined),
  };
}

function allNodes(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(allNodes)];
}

/** @param plans several where a rule rewrites the statement */
export function summaryOfPlan(plans: readonly ExplainedPlan[]): PlanSummary {
  const nodes = plans.flatMap(({ Plan: plan }) => (plan === undefined ? [] : allNodes(plan)));
  return {
    scans: nodes.flatMap((node) => scanOf(node) ?? []),
    sorts: nodes.filter((node) => node["Node Type"] === "Sort").length,
    mergesOrders: nodes.some((node) => node["Node Type"] === "Merge Join"),
    cost: plans.reduce((sum, { Plan: plan }) => sum + (plan?.["Total Cost"] ?? 0), 0),
  };
}
