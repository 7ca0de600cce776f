/**
 * Fields in the binary format of COPY, by type: the server takes them in half the time that it needs to read text
 * (PostgreSQL manual, "COPY", binary format; the form of each type is that of its `…_recv` function).
 */

/** Writes a field from its text, behind four bytes for its length. @returns where the field ends */
export type Encoder = (buffer: Buffer, at: number, text: string) => number;

export function putInt32(buffer: Buffer, at: number, value: number): number {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
  return at + 4;
}

export function putInt16(buffer: Buffer, at: number, value: number): number {
  buffer[at] = value >>> 8;
  buffer[at + 1] = value;
  return at + 2;
}

/** A whole number of at most 53 bits. */
function putInt64(buffer: Buffer, at: number, value: number): number {
  putInt32(buffer, at, Math.floor(value / 0x1_0000_0000));
  return putInt32(buffer, at + 4, value >>> 0);
}

const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };

function unescaped(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter)
    : text;
}

function putText(buffer: Buffer, at: number, text: string): number {
  return at + buffer.write(unescaped(text), at);
}

/** The value of each hexadecimal digit, by its character code. */
const digitValues = new Uint8Array(128);
for (const [value, digit] of [..."0123456789abcdef"].entries()) digitValues[digit.charCodeAt(0)] = value;

/** @param from where the 36 characters begin */
function putUuid(buffer: Buffer, at: number, text: string, from = 0): number {
  let to = at;
  for (let i = from; i < from + 36; i += 2) {
    if (text.charCodeAt(i) === 45) i++;
    buffer[to++] = ((digitValues[text.charCodeAt(i)] ?? 0) << 4) | (digitValues[text.charCodeAt(i + 1)] ?? 0);
  }
  return to;
}

const uuidOid = 2950;

/** One dimension, no nulls, indexes from 1. Ids are as long as each other. */
function putUuidArray(buffer: Buffer, at: number, text: string): number {
  const count = Math.floor((text.length - 1) / 37);
  let to = putInt32(buffer, at, count === 0 ? 0 : 1);
  to = putInt32(buffer, putInt32(buffer, to, 0), uuidOid);
  if (count === 0) return to;
  to = putInt32(buffer, putInt32(buffer, to, count), 1);
  for (let i = 0; i < count; i++) to = putUuid(buffer, putInt32(buffer, to, 16), text, 1 + i * 37);
  return to;
}

/** The first seconds of days, by their text: days are few and rows are many. */
const days = new Map<string, number>();
const epoch = Date.UTC(2000, 0, 1);

function dayStart(text: string): number {
  let seconds = days.get(text);
  if (seconds === undefined) {
    seconds = (Date.parse(`${text}T00:00:00Z`) - epoch) / 1000;
    days.set(text, seconds);
  }
  return seconds;
}

/** Microseconds since 2000-01-01, from `2025-03-04 05:06:07`. */
function putTimestamp(buffer: Buffer, at: number, text: string): number {
  const two = (i: number) => text.charCodeAt(i) * 10 + text.charCodeAt(i + 1) - 528;
  const seconds = dayStart(text.slice(0, 10)) + two(11) * 3600 + two(14) * 60 + two(17);
  return putInt64(buffer, at, seconds * 1_000_000);
}

/** Digits of four decimals each, without zeros in front of and behind them. */
function putNumeric(buffer: Buffer, at: number, text: string): number {
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = (negative ? text.slice(1) : text).split(".");
  const all =
    whole.padStart(Math.ceil(whole.length / 4) * 4, "0") +
    fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  const groups = Array.from({ length: all.length / 4 }, (_, i) => Number(all.slice(4 * i, 4 * i + 4)));
  let weight = Math.ceil(whole.length / 4) - 1;
  while (groups[0] === 0) {
    groups.shift();
    weight--;
  }
  while (groups.at(-1) === 0) groups.pop();
  let to = putInt16(buffer, at, groups.length);
  to = putInt16(buffer, to, groups.length === 0 ? 0 : weight);
  to = putInt16(buffer, to, negative && groups.length > 0 ? 0x4000 : 0);
  to = putInt16(buffer, to, fraction.length);
  for (const group of groups) to = putInt16(buffer, to, group);
  return to;
}

/** `[0.5,-0.25]`, as pgvector sends it: dimensions, two bytes unused, numbers of single precision. */
function putVector(buffer: Buffer, at: number, text: string): number {
  const numbers = text.slice(1, -1).split(",");
  let to = putInt16(buffer, putInt16(buffer, at, numbers.length), 0);
  for (const number of numbers) to = buffer.writeFloatBE(Number(number), to);
  return to;
}

/** An address of version 4 with all its bits: family 2, as in PostgreSQL's utils/inet.h. */
function putInet(buffer: Buffer, at: number, text: string): number {
  let to = at;
  for (const byte of [2, 32, 0, 4, ...text.split(".").map(Number)]) buffer[to++] = byte;
  return to;
}

function putBoolean(buffer: Buffer, at: number, text: string): number {
  buffer[at] = text === "true" ? 1 : 0;
  return at + 1;
}

/** Version 1, then the text. */
function putJsonb(buffer: Buffer, at: number, text: string): number {
  buffer[at] = 1;
  return putText(buffer, at + 1, text);
}

/** What writes each type, by its name in pg_type. */
export const encoders: Readonly<Record<string, Encoder>> = {
  bool: putBoolean,
  inet: putInet,
  int4: (buffer, at, text) => putInt32(buffer, at, Number(text)),
  int8: (buffer, at, text) => putInt64(buffer, at, Number(text)),
  jsonb: putJsonb,
  numeric: putNumeric,
  text: putText,
  timestamp: putTimestamp,
  uuid: putUuid,
  _uuid: putUuidArray,
  varchar: putText,
  vector: putVector,
};
