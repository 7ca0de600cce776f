import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { saslprep } from "./saslprep.ts";

const derive = promisify(pbkdf2);

/** Far more than any server needs: a hostile one must not keep this program computing. */
const maxIterations = 10_000_000;

/** A conversation of SCRAM-SHA-256 from the client's side (RFC 5802, RFC 7677). */
export interface Scram {
  /** `SCRAM-SHA-256`, or with channel binding `SCRAM-SHA-256-PLUS`. */
  readonly mechanism: string;
  readonly first: string;
  /** The answer to the server's first message. */
  final(serverFirst: string): Promise<string>;
  /** Whether the server's last message proves that the server knows the password. */
  verifies(serverFinal: string): boolean;
}

/**
 * The channel binding: the data of `tls-server-end-point`, or the flag `y` or `n` of a client that does not use it.
 */
export type Binding = Buffer | "y" | "n";

/** @param nonce printable ASCII without commas; random except in tests */
export function startScram(
  password: string | Buffer,
  binding: Binding,
  nonce: string = randomBytes(18).toString("base64"),
): Scram {
  const header = typeof binding === "string" ? `${binding},,` : "p=tls-server-end-point,,";
  const bound =
    typeof binding === "string" ? Buffer.from(header) : Buffer.concat([Buffer.from(header), binding]);
  // PostgreSQL ignores this name and uses that of the startup message.
  const bare = `n=,r=${nonce}`;
  let serverSignature: Buffer | undefined;
  return {
    mechanism: typeof binding === "string" ? "SCRAM-SHA-256" : "SCRAM-SHA-256-PLUS",
    first: `${header}${bare}`,
    final: async (serverFirst) => {
      const [, serverNonce = "", salt = "", iterations = ""] =
        /^r=([^,]*),s=([^,]*),i=(\d{1,9})$/.exec(serverFirst) ?? [];
      const count = Number(iterations);
      if (!serverNonce.startsWith(nonce) || !(count >= 1 && count <= maxIterations))
        throw new Error("the server's answer is not one of SCRAM-SHA-256");
      const salted = await derive(
        typeof password === "string" ? saslprep(password) : password,
        Buffer.from(salt, "base64"),
        count,
        32,
        "sha256",
      );
      const clientKey = hmac(salted, "Client Key");
      const withoutProof = `c=${bound.toString("base64")},r=${serverNonce}`;
      const message = `${bare},${serverFirst},${withoutProof}`;
      const signature = hmac(createHash("sha256").update(clientKey).digest(), message);
      serverSignature = hmac(hmac(salted, "Server Key"), message);
      const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
      return `${withoutProof},p=${proof.toString("base64")}`;
    },
    verifies: (serverFinal) => {
      const given = Buffer.from(/^v=([^,]+)/.exec(serverFinal)?.[1] ?? "", "base64");
      return serverSignature?.length === given.length && timingSafeEqual(serverSignature, given);
    },
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
