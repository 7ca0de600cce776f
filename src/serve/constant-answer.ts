import { build, commandComplete, fromClient, type Message, oneInteger, readyForQuery } from "./protocol.ts";

/** A batch or simple query that is answered without PostgreSQL. */
export interface ConstantAnswer {
  /** How many messages it answers. */
  readonly messages: number;
  readonly answer: Buffer;
  /** The statement, which the client may use again. */
  readonly parse: Message | undefined;
}

/** What pools ask a new connection for. */
const question =
  /^\s*select\s+(?:(?<pid>(?:pg_catalog\.)?pg_backend_pid\(\))|(?<number>\d{1,9}))(?:\s+as\s+(?<alias>[a-z_][a-z0-9_]*))?\s*;?\s*$/i;

interface Constant {
  readonly column: string;
  readonly value: number;
}

function constantOf(sql: string, pid: number): Constant | undefined {
  const { number, alias, pid: function_ } = question.exec(sql)?.groups ?? {};
  if (number === undefined && function_ === undefined) return undefined;
  const name = number === undefined ? "pg_backend_pid" : "?column?";
  return { column: alias?.toLowerCase() ?? name, value: number === undefined ? pid : Number(number) };
}

/** The fields of a Parse: the name of the statement, its text, the number of types. */
function parsed({ bytes }: Message): { readonly name: string; readonly sql: string; readonly types: number } {
  const [name = "", sql = ""] = bytes.toString("utf8", 5).split("\0");
  return { name, sql, types: bytes.readUInt16BE(bytes.length - 2) };
}

/** The statement that a Bind uses. */
function boundName({ bytes }: Message): string {
  return bytes.toString("utf8", 5).split("\0")[1] ?? "";
}

/** Whether a Bind has no parameters, and whether it asks for binary results; undefined for one with parameters. */
function binaryResult(message: Message, statement: string): boolean | undefined {
  const { bytes } = message;
  const portal = bytes.indexOf(0, 5);
  const name = bytes.indexOf(0, portal + 1);
  if (portal !== 5 || boundName(message) !== statement) return undefined;
  const [formats, values] = [bytes.readUInt16BE(name + 1), bytes.readUInt16BE(name + 3)];
  if (formats !== 0 || values !== 0) return undefined;
  return bytes.readUInt16BE(name + 5) > 0 && bytes.readUInt16BE(name + 7) === 1;
}

function answerBatch(
  queue: readonly Message[],
  pid: number,
  deferred: readonly Message[],
): ConstantAnswer | undefined {
  const end = queue.findIndex(({ type }) => type === fromClient.sync);
  const [first] = queue;
  if (first === undefined || end < 0) return undefined;
  const isParse = first.type === fromClient.parse;
  const parse = isParse ? first : deferred.findLast((message) => parsed(message).name === boundName(first));
  if (parse === undefined) return undefined;
  const { name, sql, types } = parsed(parse);
  const constant = constantOf(sql, pid);
  if (constant === undefined || types !== 0) return undefined;
  const parts = isParse ? [build("1")] : [];
  let isBinary = false;
  for (const message of queue.slice(isParse ? 1 : 0, end)) {
    const { description, row } = oneInteger(constant.column, constant.value, isBinary);
    if (message.type === fromClient.describe) {
      const isStatement = message.bytes[5] === 0x53;
      parts.push(...(isStatement ? [build("t", Buffer.alloc(2))] : []), description);
    } else if (message.type === fromClient.bind) {
      const binary = binaryResult(message, name);
      if (binary === undefined) return undefined;
      isBinary = binary;
      parts.push(build("2"));
    } else if (message.type === fromClient.execute) {
      parts.push(row, commandComplete("SELECT 1"));
    } else if (message.type !== fromClient.flush) {
      return undefined;
    }
  }
  const answer = Buffer.concat([...parts, readyForQuery("I")]);
  return { messages: end + 1, answer, parse: isParse ? first : undefined };
}

/**
 * The answer to `SELECT 1` or `SELECT pg_backend_pid()`, alone in a simple query or in a whole batch: pools ask for them
 * before they hand out a connection, and must not wait for another client's transaction.
 * @param deferred statements of the client that PostgreSQL has not parsed yet
 */
export function constantAnswer(
  queue: readonly Message[],
  pid: number,
  deferred: readonly Message[],
): ConstantAnswer | undefined {
  const [first] = queue;
  if (first?.type === fromClient.parse || first?.type === fromClient.bind)
    return answerBatch(queue, pid, deferred);
  if (first?.type !== fromClient.query) return undefined;
  const constant = constantOf(first.bytes.toString("utf8", 5, first.bytes.length - 1), pid);
  if (constant === undefined) return undefined;
  const { description, row } = oneInteger(constant.column, constant.value, false);
  const answer = Buffer.concat([description, row, commandComplete("SELECT 1"), readyForQuery("I")]);
  return { messages: 1, answer, parse: undefined };
}
