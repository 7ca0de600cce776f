import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { TimedOut } from "./failure.ts";
import { ClosedEarly, socketEvent } from "./open-socket.ts";
import { type Binding, type Scram, startScram } from "./scram.ts";
import type { ServerTarget } from "./target.ts";

/** A message of the server: its type, and the content after the length (PostgreSQL manual, section 54.7). */
interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** No message during a login is longer. */
const longestMessage = 64 * 1024;

/** Types of AuthenticationRequest. */
const request = { ok: 0, password: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/**
 * Logs in on an open connection (PostgreSQL manual, sections 54.2.1 and 54.3), as postgres.js supports neither
 * channel binding nor SASLprep. Ends with the server's AuthenticationOk, which stays on the socket for the next
 * reader.
 * @param parameters settings of the session
 * @throws Error with the fields of the server's message, or with a `code` as postgres.js has them
 */
export async function logIn(
  socket: Socket,
  target: ServerTarget,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { user, database } = target;
  const password = target.passwordBytes ? Buffer.from(target.passwordBytes) : (target.password ?? "");
  const messages = new Messages(socket, signal);
  const binding = await bindingOf(socket, target);
  let scram: Scram | undefined;
  let verified = false;
  socket.write(startUp({ user, database, client_encoding: "UTF8", ...parameters }));
  for (;;) {
    const { type, body } = await messages.next().catch((error: unknown) => {
      throw loginFailure(error);
    });
    if (type === "E") throw serverError(body);
    if (type === "N" || type === "v") continue;
    if (type !== "R" || body.length < 4) throw problem("PROTOCOL", "the server's answer is not PostgreSQL's");
    const kind = body.readInt32BE(0);
    const rest = body.subarray(4);
    const isBound = scram?.mechanism === "SCRAM-SHA-256-PLUS" && verified;
    if (kind === request.ok) {
      if (scram !== undefined && !verified) throw problem("SASL_SIGNATURE_MISMATCH");
      if (target.channelBinding === "require" && !isBound) throw problem("CHANNEL_BINDING_UNUSED");
      messages.putBack({ type, body });
      return;
    }
    if (target.channelBinding === "require" && kind < request.sasl) throw problem("CHANNEL_BINDING_UNUSED");
    if (kind === request.password) socket.write(message("p", password, "\0"));
    else if (kind === request.md5)
      socket.write(message("p", `md5${md5([md5([password, user]), rest.subarray(0, 4)])}\0`));
    else if (kind === request.sasl) {
      scram = startScram(password, chosen(binding, rest.toString("latin1").split("\0"), target));
      const first = Buffer.from(scram.first);
      socket.write(message("p", `${scram.mechanism}\0`, int32(first.length), first));
    } else if (kind === request.saslContinue && scram !== undefined) {
      const final = await scram.final(rest.toString()).catch((error: unknown) => {
        throw problem("PROTOCOL", error instanceof Error ? error.message : String(error));
      });
      socket.write(message("p", final));
    } else if (kind === request.saslFinal && scram?.verifies(rest.toString()) === true) verified = true;
    else throw problem(kind === request.saslFinal ? "SASL_SIGNATURE_MISMATCH" : "AUTH_TYPE_NOT_IMPLEMENTED");
  }
}

/** The channel binding data that this end has; `n` if it has none. */
async function bindingOf(socket: Socket, { channelBinding }: ServerTarget): Promise<Binding> {
  if (channelBinding === "disable" || !isEncrypted(socket)) return "n";
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return "n";
  const { serverEndPoint } = await import("./channel-binding.ts");
  return serverEndPoint(certificate.raw) ?? "n";
}

/** Checked without `node:tls`, which takes time to load. */
function isEncrypted(socket: Socket): socket is TLSSocket {
  return "encrypted" in socket;
}

/**
 * The binding to use with the server's offer. `y` says that this end supports it: a man in the middle may have
 * removed it from the offer.
 */
function chosen(binding: Binding, offered: readonly string[], { channelBinding }: ServerTarget): Binding {
  if (typeof binding !== "string" && offered.includes("SCRAM-SHA-256-PLUS")) return binding;
  if (channelBinding === "require") throw problem("CHANNEL_BINDING_UNUSED");
  if (!offered.includes("SCRAM-SHA-256")) throw problem("AUTH_TYPE_NOT_IMPLEMENTED");
  return typeof binding === "string" ? binding : "y";
}

/** Reads message by message, and leaves later bytes on the socket. */
class Messages {
  private held: Buffer = Buffer.alloc(0);
  private readonly socket: Socket;
  private readonly signal: AbortSignal;

  constructor(socket: Socket, signal: AbortSignal) {
    this.socket = socket;
    this.signal = signal;
  }

  async next(): Promise<Message> {
    await this.fill(5);
    const length = 1 + this.held.readInt32BE(1);
    if (length < 5 || length > longestMessage)
      throw problem("PROTOCOL", "the server's answer is not PostgreSQL's");
    await this.fill(length);
    const type = this.held.toString("latin1", 0, 1);
    const body = this.held.subarray(5, length);
    this.held = this.held.subarray(length);
    return { type, body };
  }

  putBack({ type, body }: Message): void {
    this.socket.unshift(Buffer.concat([message(type, body), this.held]));
  }

  private async fill(bytes: number): Promise<void> {
    while (this.held.length < bytes) {
      const more: unknown = this.socket.read();
      if (Buffer.isBuffer(more)) this.held = Buffer.concat([this.held, more]);
      else if (this.socket.readableEnded) throw new ClosedEarly("the server closed the connection");
      else await socketEvent(this.socket, "readable", this.signal);
    }
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(type, "latin1"), int32(body.length + 4), body]);
}

/** The startup message of protocol 3.0. */
function startUp(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${pairs.join("")}\0`);
  return Buffer.concat([int32(body.length + 8), int32(196_608), body]);
}

function md5(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function problem(code: string, text = code): Error {
  return Object.assign(new Error(text), { code });
}

/** A closed or silent connection during the login, with the error codes of postgres.js. */
function loginFailure(error: unknown): unknown {
  if (error instanceof ClosedEarly) return problem("CONNECTION_CLOSED");
  return error instanceof TimedOut ? problem("CONNECT_TIMEOUT") : error;
}

/** The fields of an ErrorResponse (PostgreSQL manual, section 54.8). */
const fields: Readonly<Record<string, string>> = { V: "severity", C: "code", D: "detail", H: "hint" };

function serverError(body: Buffer): Error {
  const texts = new Map(
    body
      .toString()
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)] as const),
  );
  const known = Object.entries(fields).flatMap(([letter, name]) => {
    const text = texts.get(letter) ?? (letter === "V" ? texts.get("S") : undefined);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.assign(
    new Error(texts.get("M") ?? "the server rejected the login"),
    Object.fromEntries(known),
  );
}
