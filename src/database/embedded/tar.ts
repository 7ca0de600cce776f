const block = 512;

/** The regular files of a tar archive (POSIX ustar), by their path. */
export function filesOfTar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.length);
  const text = (from: number, length: number): string =>
    bytes.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  for (let at = 0; bytes[at] !== undefined && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    const [prefix, name] = [text(at + 345, 155), text(at, 100)];
    const start = at + block;
    if (kind === "" || kind === "0")
      files.set(prefix === "" ? name : `${prefix}/${name}`, bytes.subarray(start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  return files;
}
