/** Bytes of a page (BLCKSZ). */
export const pageSize = 8192;

/** The offset of pd_checksum in a page (manual, section 66.6). */
const checksumOffset = 8;

const prime = 16_777_619;

/** The first values of the 32 sums (checksum_impl.h). */
const baseOffsets = [
  0x5b1f36e9, 0xb8525960, 0x02ab50aa, 0x1de66d2a, 0x79ff467a, 0x9bb9f8a3, 0x217e7cd2, 0x83e13d2c, 0xf8d4474f,
  0xe39eb970, 0x42c6ae16, 0x993216fa, 0x7b093b5d, 0x98daff3c, 0xf718902a, 0x0b1c9cdb, 0xe58f764b, 0x187636bc,
  0x5d7b3bb1, 0xe73de7de, 0x92bec979, 0xcca6c0b2, 0x304a0979, 0x85aa43d4, 0x783125bb, 0x6ca8eaa2, 0xe407eac6,
  0x4b5cfc3e, 0x9fbf8c76, 0x15ca20be, 0xf2ca9fd3, 0x959bd756,
];

function mix(sum: number, value: number): number {
  const mixed = sum ^ value;
  return Math.imul(mixed, prime) ^ (mixed >>> 17);
}

/** The checksum of a page, as PostgreSQL computes it (`pg_checksum_page` in checksum_impl.h). */
function checksumOf(page: DataView, number: number): number {
  const sums = [...baseOffsets];
  for (let at = 0; at < pageSize; at += 4) {
    // The field itself counts as zero; it shares its word with pd_flags.
    const value = page.getUint32(at, true) & (at === checksumOffset ? 0xffff_0000 : 0xffff_ffff);
    const lane = (at / 4) % sums.length;
    sums[lane] = mix(sums[lane] ?? 0, value);
  }
  const whole = sums.reduce((all, sum) => all ^ mix(mix(sum, 0), 0), 0);
  return (((whole ^ number) >>> 0) % 65_535) + 1;
}

/** Writes the checksum of a page into it. @param number of the page in its relation */
export function writeChecksum(page: Uint8Array, number: number): void {
  const view = new DataView(page.buffer, page.byteOffset, pageSize);
  view.setUint16(checksumOffset, checksumOf(view, number), true);
}
