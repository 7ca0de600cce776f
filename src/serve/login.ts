import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { saslprep } from "../database/saslprep.ts";

const derive = promisify(pbkdf2);
const iterations = 4096;

/** What a server stores of a password (RFC 5802, section 3). */
export interface Verifier {
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** Derives what is stored of a password. */
export async function verifierOf(password: string): Promise<Verifier> {
  const salt = randomBytes(16);
  const salted = await derive(saslprep(password), salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest();
  return { salt, storedKey, serverKey: hmac(salted, "Server Key") };
}

/** A conversation of SCRAM-SHA-256 from the server's side. */
export class ScramServer {
  readonly #verifier: Verifier;
  #header = "";
  #bare = "";
  #first = "";

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  /** Answers the client's first message; undefined if it is not one, or asks for channel binding. */
  first(message: string): string | undefined {
    const [, header, bare, nonce] =
      /^([ny],(?:a=[^,]*)?,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))$/.exec(message) ?? [];
    if (header === undefined || bare === undefined) return undefined;
    this.#header = header;
    this.#bare = bare;
    const salt = this.#verifier.salt.toString("base64");
    this.#first = `r=${nonce}${randomBytes(18).toString("base64")},s=${salt},i=${iterations}`;
    return this.#first;
  }

  /** Answers the client's last message; undefined if it does not prove that the client knows the password. */
  final(message: string): string | undefined {
    const [, withoutProof, binding, nonce, proof] = /^(c=([^,]*),r=([^,]*)),p=([^,]+)$/.exec(message) ?? [];
    if (withoutProof === undefined || proof === undefined) return undefined;
    if (Buffer.from(binding ?? "", "base64").toString() !== this.#header) return undefined;
    if (!this.#first.startsWith(`r=${nonce},`)) return undefined;
    const text = `${this.#bare},${this.#first},${withoutProof}`;
    const signature = hmac(this.#verifier.storedKey, text);
    const given = Buffer.from(proof, "base64");
    const key = Buffer.from(signature.map((byte, i) => byte ^ (given[i] ?? 0)));
    const stored = createHash("sha256").update(key).digest();
    if (given.length !== signature.length || !timingSafeEqual(stored, this.#verifier.storedKey))
      return undefined;
    return `v=${hmac(this.#verifier.serverKey, text).toString("base64")}`;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
