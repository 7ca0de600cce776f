import { Id } from "./id.ts";
import type { Value } from "./tables/table.ts";

/**
 * Fields in COPY's binary format, by type: the server reads them in half the time of text (PostgreSQL manual, "COPY",
 * binary format; the form of each type is that of its `…_recv` function).
 */

/** Writes a field after its length in four bytes. @returns the end of the field */
export type Encoder = (buffer: Buffer, at: number, value: Value) => number;

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

/** An integer of at most 53 bits. */
function putInt64(buffer: Buffer, at: number, value: number): number {
  putInt32(buffer, at, Math.floor(value / 0x1_0000_0000));
  return putInt32(buffer, at + 4, value >>> 0);
}

function misfit(value: Value, type: string): TypeError {
  return new TypeError(`no ${type}: ${String(value)}`);
}

function numberOf(value: Value): number {
  if (typeof value !== "number") throw misfit(value, "number");
  return value;
}

/** From this number of characters, one call that copies them is faster than a loop. */
const longText = 24;

function putText(buffer: Buffer, at: number, text: Value): number {
  if (typeof text !== "string") throw misfit(text, "text");
  if (text.length >= longText) return at + buffer.write(text, at);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return at + buffer.write(text, at);
    buffer[at + i] = code;
  }
  return at + text.length;
}

function putUuid(buffer: Buffer, at: number, id: Value): number {
  if (!(id instanceof Id)) throw misfit(id, "id");
  putInt32(buffer, at, id.a);
  putInt32(buffer, at + 4, id.b);
  putInt32(buffer, at + 8, id.c);
  return putInt32(buffer, at + 12, id.d);
}

const uuidOid = 2950;

function isArray(value: Value): value is readonly Id[] {
  return Array.isArray(value);
}

/** One dimension, no nulls, indexes from 1. */
function putUuidArray(buffer: Buffer, at: number, ids: Value): number {
  if (!isArray(ids)) throw misfit(ids, "array");
  let to = putInt32(buffer, at, ids.length === 0 ? 0 : 1);
  to = putInt32(buffer, putInt32(buffer, to, 0), uuidOid);
  if (ids.length === 0) return to;
  to = putInt32(buffer, putInt32(buffer, to, ids.length), 1);
  for (const id of ids) to = putUuid(buffer, putInt32(buffer, to, 16), id);
  return to;
}

const epoch = Date.UTC(2000, 0, 1) / 1000;

/** Microseconds since 2000-01-01. */
function putTimestamp(buffer: Buffer, at: number, seconds: Value): number {
  return putInt64(buffer, at, (numberOf(seconds) - epoch) * 1_000_000);
}

/** Groups of four decimal digits, without leading and trailing zeros. @param scale decimals after the point */
function numericOf(scale: number): Encoder {
  const fractionDigits = Math.ceil(scale / 4);
  const filling = 10 ** (4 * fractionDigits - scale);
  return (buffer, at, value) => {
    const units = numberOf(value);
    let rest = Math.abs(units) * filling;
    let last = rest === 0 ? 0 : -fractionDigits;
    for (; rest !== 0 && rest % 10_000 === 0; last++) rest /= 10_000;
    let count = 0;
    for (let more = rest; more > 0; more = Math.floor(more / 10_000)) count++;
    putInt16(buffer, at, count);
    putInt16(buffer, at + 2, Math.max(0, count - 1) + last);
    putInt16(buffer, at + 4, units < 0 ? 0x4000 : 0);
    const to = putInt16(buffer, at + 6, scale);
    for (let i = count - 1; i >= 0; i--, rest = Math.floor(rest / 10_000))
      putInt16(buffer, to + 2 * i, rest % 10_000);
    return to + 2 * count;
  };
}

/** As pgvector sends it: dimensions, two unused bytes, single-precision numbers. */
function putVector(buffer: Buffer, at: number, numbers: Value): number {
  if (!(numbers instanceof Float32Array)) throw misfit(numbers, "vector");
  let to = putInt16(buffer, putInt16(buffer, at, numbers.length), 0);
  for (const number of numbers) to = buffer.writeFloatBE(number, to);
  return to;
}

/** An address of version 4 with all its bits: family 2, as in PostgreSQL's utils/inet.h. */
function putInet(buffer: Buffer, at: number, address: Value): number {
  return putInt32(buffer, putInt32(buffer, at, 0x02_20_00_04), numberOf(address));
}

function putBoolean(buffer: Buffer, at: number, value: Value): number {
  buffer[at] = value === true ? 1 : 0;
  return at + 1;
}

/** Version 1, then the text. */
function putJsonb(buffer: Buffer, at: number, text: Value): number {
  buffer[at] = 1;
  return putText(buffer, at + 1, text);
}

/** The writer of each type, by its name in pg_type and the column's type modifier. */
export const encoders: Readonly<Record<string, (modifier: number) => Encoder>> = {
  bool: () => putBoolean,
  inet: () => putInet,
  int4: () => (buffer, at, value) => putInt32(buffer, at, numberOf(value)),
  int8: () => (buffer, at, value) => putInt64(buffer, at, numberOf(value)),
  jsonb: () => putJsonb,
  // How PostgreSQL packs precision and scale: numeric_typmod_scale() in numeric.c.
  numeric: (modifier) => numericOf((modifier - 4) & 0xffff),
  text: () => putText,
  timestamp: () => putTimestamp,
  uuid: () => putUuid,
  _uuid: () => putUuidArray,
  varchar: () => putText,
  vector: () => putVector,
};
