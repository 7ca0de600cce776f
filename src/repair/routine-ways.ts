import type { SchemaObject } from "../schema/model.ts";
import { functions } from "./functions.ts";
import { isSet, sqlName, textOf } from "./names.ts";
import { storageWord, views } from "./views.ts";
import {
  type Change,
  commentValue,
  commentWay,
  eachOf,
  optionsWay,
  tablespaceWay,
  valuesWay,
  type Ways,
} from "./way.ts";

/** CREATE OR REPLACE keeps owner, privileges and all that uses the function. */
const replace: Change = (wanted) =>
  functions.create(wanted).map((statement) => statement.replace(/^CREATE /, "CREATE OR REPLACE "));

/** OR REPLACE cannot change parameters and results. */
export const functionWays: Ways = {
  ...eachOf(["type", "arguments", "returns"], "recreate"),
  ...eachOf(
    [
      "language",
      "body",
      "library",
      "volatility",
      "strict",
      "securityDefiner",
      "leakproof",
      "parallel",
      "cost",
      "rows",
      "settings",
      "support",
    ],
    replace,
  ),
  comment: commentWay("comment", functions.identity),
};

function alterView(object: SchemaObject): string {
  return `ALTER ${views.identity(object)}`;
}

export const viewWays: Ways = {
  ...eachOf(["materialized", "definition"], "recreate"),
  options: optionsWay("options", alterView),
  tablespace: tablespaceWay(alterView),
  accessMethod: (wanted) => [
    `${alterView(wanted)} SET ACCESS METHOD ${sqlName(textOf(wanted, "accessMethod") ?? "heap")}`,
  ],
  columnDefaults: valuesWay(
    "columnDefaults",
    (view, column, value) =>
      `${alterView(view)} ALTER COLUMN ${column} ${value === undefined ? "DROP DEFAULT" : `SET DEFAULT ${value}`}`,
  ),
  columnStatistics: valuesWay(
    "columnStatistics",
    (view, column, value) => `${alterView(view)} ALTER COLUMN ${column} SET STATISTICS ${value ?? -1}`,
  ),
  columnStorage: valuesWay(
    "columnStorage",
    (view, column, value) => `${alterView(view)} ALTER COLUMN ${column} SET STORAGE ${storageWord(value)}`,
  ),
  columnComments: valuesWay(
    "columnComments",
    ({ name }, column, value) => `COMMENT ON COLUMN ${sqlName(name)}.${column} IS ${commentValue(value)}`,
  ),
  comment: commentWay("comment", views.identity),
};

/** A new materialised view is filled, as the one before was: views are created without rows. */
export function refresh(view: SchemaObject): string[] {
  return view.kind === "view" && isSet(view, "materialized") ? [`REFRESH ${views.identity(view)}`] : [];
}

export const aggregateWays: Ways = eachOf(
  [
    "type",
    "parameters",
    "returns",
    "transition",
    "stateType",
    "stateSpace",
    "initialState",
    "final",
    "finalExtra",
    "finalModify",
    "combine",
    "serial",
    "deserial",
    "movingTransition",
    "movingInverse",
    "movingStateType",
    "movingStateSpace",
    "movingInitialState",
    "movingFinal",
    "movingFinalExtra",
    "movingFinalModify",
    "sortOperator",
    "parallel",
  ],
  "recreate",
);
