import { isUtf8 } from "node:buffer";
import crypto from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import path from "node:path";
import { type Location, SocratesError } from "../errors.ts";
import { starred } from "./secrets.ts";

/** The text of a file, with its line endings and byte order mark. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** Larger files are data, not migrations: use COPY for these; PostgreSQL would hold them in memory twice. */
export const maximumFileSize = 16 * 1024 * 1024;

/** The display path of a file: relative to the working directory if that is shorter. */
export function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === "" || relative.startsWith("..") ? file : relative;
}

/** Line endings of Unix, Windows, and old editors that write a carriage return alone. */
export const lineBreak = /\r\n|\r|\n/;

/**
 * Finds the line and column of UTF-16 offsets in a text; both count from 1, columns in code points. It continues from
 * the previous offset, so that many ascending ones cost no more than the length of the text.
 */
export function placesOf(
  text: string,
): (offset: number) => { readonly line: number; readonly column: number } {
  let [at, line, column] = [0, 1, 1];
  return (offset) => {
    if (offset < at) [at, line, column] = [0, 1, 1];
    const lines = text.slice(at, offset).split(lineBreak);
    const length = [...(lines.at(-1) ?? "")].length;
    column = lines.length === 1 ? column + length : length + 1;
    line += lines.length - 1;
    at = offset;
    return { line, column };
  };
}

/**
 * The place of a UTF-16 offset in a text; columns count code points, as PostgreSQL's positions do. The line is shown
 * without passwords.
 */
export function locate(source: SourceFile, offset: number): { location: Location; sourceLine: string } {
  const text = starred(source.text);
  const before = text.slice(0, offset);
  const lines = before.split(lineBreak);
  const lastLine = lines.at(-1) ?? "";
  const [rest = ""] = text.slice(offset).split(lineBreak, 1);
  return {
    location: {
      file: displayPath(source.path),
      line: lines.length,
      column: [...lastLine].length + 1,
    },
    sourceLine: lastLine + rest,
  };
}

/** A `file-invalid` error at a place in a file. */
export function fileError(source: SourceFile, offset: number, message: string, hint: string): SocratesError {
  const place = locate(source, offset);
  const { file, line, column } = place.location;
  return new SocratesError("file-invalid", `${file}:${line}:${column}: ${message}`, { hint, ...place });
}

function invalid(file: string, message: string, hint: string): SocratesError {
  return new SocratesError("file-invalid", `${displayPath(file)} ${message}`, { hint });
}

/** The first byte that is not valid UTF-8; a truncated character at the end counts from its start. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let end = bytes.length;
  while (valid < end) {
    const middle = (valid + end + 1) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      end = middle - 1;
    }
  }
  return valid;
}

const saveAsUtf8 = "Save the file as UTF-8 without NUL bytes and run the command again.";

function utf16(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (bytes.length > 3 && a !== 0 && b === 0);
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof SocratesError) throw cause;
    throw new SocratesError("file-invalid", `${displayPath(file)} cannot be read: ${systemReason(cause)}`, {
      hint: "Check that it is a file, and its permissions.",
      cause,
    });
  }
}

/** Node's message without its code and path, for example `permission denied`. */
function systemReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+ '.*$/, "");
}

/** The bytes of an open file that is small enough. */
function readAll(file: string, handle: number): Buffer {
  const stats = fstatSync(handle);
  if (!stats.isFile()) throw invalid(file, "is not a file", "Move it out of the folder of migrations.");
  if (stats.size > maximumFileSize)
    throw invalid(
      file,
      `has ${stats.size} bytes, more than the ${maximumFileSize} that a migration may have`,
      "Load data with COPY: a migration is for the schema.",
    );
  return readFileSync(handle);
}

/** Large enough for most files; one buffer, as each file is decoded before the next is read. */
const page = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The bytes of an open file that fits in the buffer; undefined for larger and empty ones, and if it is not a file.
 */
function readPage(handle: number): Buffer | undefined {
  try {
    const length = readSync(handle, page, 0, page.length, 0);
    const isWhole = length < page.length && readSync(handle, page, length, 1, length) === 0;
    return length > 0 && isWhole ? page.subarray(0, length) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns bytes that are overwritten by the next call */
function readBytes(file: string): Buffer {
  return attempt(file, () => {
    // Opening a pipe would block; some systems can open a folder.
    const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return readPage(handle) ?? readAll(file, handle);
    } finally {
      closeSync(handle);
    }
  });
}

/** What makes bytes unusable as text, and the byte where it is; undefined if they are UTF-8. */
export function firstFlaw(
  bytes: Uint8Array,
): { readonly what: string; readonly at: number | undefined } | undefined {
  if (utf16(bytes)) return { what: "is encoded in UTF-16, not in UTF-8", at: undefined };
  if (!isUtf8(bytes)) return { what: "is not UTF-8", at: firstInvalidByte(bytes) };
  const nul = bytes.indexOf(0);
  return nul < 0 ? undefined : { what: "contains a NUL byte", at: nul };
}

/** Why bytes are not UTF-8 text, with the first invalid byte; undefined if they are. */
export function flawOfText(bytes: Uint8Array): string | undefined {
  const flaw = firstFlaw(bytes);
  return flaw === undefined || flaw.at === undefined ? flaw?.what : `${flaw.what} at byte ${flaw.at}`;
}

/**
 * Reads an SQL file.
 * @throws SocratesError `file-invalid` for what is no readable file, UTF-16, bytes that are not UTF-8, NUL bytes, and files over 16 MiB
 */
export function readSource(file: string): SourceFile {
  const bytes = readBytes(file);
  const flaw = flawOfText(bytes);
  if (flaw !== undefined) throw invalid(file, flaw, saveAsUtf8);
  return { path: file, text: bytes.toString("utf8").replace(/^\ufeff/, "") };
}

/**
 * SHA-256 of the text with line endings as LF and without a byte order mark, so that a checkout on Windows has the
 * same checksum.
 */
export function checksum(text: string): string {
  const normalised = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  const bare = normalised.replace(/^\ufeff/, "");
  // The faster function came with Node 20.12.
  return crypto.hash === undefined
    ? crypto.createHash("sha256").update(bare).digest("hex")
    : crypto.hash("sha256", bare);
}
