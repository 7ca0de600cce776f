import { createHash } from "node:crypto";

/** The last bytes of the DER object identifiers of signature and hash algorithms, with the hash of each. */
const hashes: readonly (readonly [identifier: string, hash: string])[] = [
  // sha256, sha384, sha512 and sha224 themselves, as parameters of RSASSA-PSS (RFC 4055, section 2.1).
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
  ["608648016503040204", "sha224"],
  // With RSA (RFC 8017, appendix A.2.4); MD5 and SHA-1 are replaced by SHA-256 (RFC 5929, section 4.1).
  ["2a864886f70d010104", "sha256"],
  ["2a864886f70d010105", "sha256"],
  ["2a864886f70d01010b", "sha256"],
  ["2a864886f70d01010c", "sha384"],
  ["2a864886f70d01010d", "sha512"],
  ["2a864886f70d01010e", "sha224"],
  // With ECDSA (RFC 5758, section 3.2).
  ["2a8648ce3d0401", "sha256"],
  ["2a8648ce3d040301", "sha224"],
  ["2a8648ce3d040302", "sha256"],
  ["2a8648ce3d040303", "sha384"],
  ["2a8648ce3d040304", "sha512"],
];

/** The position of one DER element's content. */
function element(der: Buffer, offset: number): { start: number; end: number } {
  const first = der.readUInt8(offset + 1);
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const bytes = first & 0x7f;
  const start = offset + 2 + bytes;
  return { start, end: start + der.readUIntBE(offset + 2, bytes) };
}

/**
 * The channel binding `tls-server-end-point` of a DER certificate (RFC 5929, section 4): its hash, by the hash
 * algorithm of its signature. Undefined for signatures without one, such as Ed25519.
 */
export function serverEndPoint(certificate: Buffer): Buffer | undefined {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280, section 4.1).
  const whole = element(certificate, 0);
  const algorithm = element(certificate, element(certificate, whole.start).end);
  const identifiers = certificate.toString("hex", algorithm.start, algorithm.end);
  const hash = hashes.find(([identifier]) =>
    identifiers.includes(`06${length(identifier)}${identifier}`),
  )?.[1];
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}

function length(identifier: string): string {
  return (identifier.length / 2).toString(16).padStart(2, "0");
}
