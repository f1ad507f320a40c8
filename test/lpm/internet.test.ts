// A sample of a full Internet routing table, held to an oracle that keeps a map for each prefix length.
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Family } from '../../src/base/ip.ts';
import { cidr } from '../../src/base/ip-text.ts';
import { word } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { listShared, readShared, sharedSkipReason } from '../support/shared.ts';
import { ByLength } from './by-length.ts';
import { LpmTable, widthOf, type Row } from './table.ts';

const FILE = 'bgp-prefixes.txt.gz';
/** Every how many lines one is taken. */
const EVERY: Readonly<Record<Family, number>> = { 4: 15, 6: 8 };
const KEYS = 20_000;
const CHUNK = 4096;

let lines: string[] | undefined;

function sample(family: Family): Row[] {
  lines ??= new TextDecoder().decode(gunzipSync(readShared('data', FILE))).split(/\r?\n/);
  return lines
    .filter((line) => line !== '' && line.includes(':') === (family === 6))
    .filter((_, i) => i % EVERY[family] === 0)
    .map((line, i) => {
      const { address, bits } = cidr(line);
      const words = family === 4 ? [0] : [0, 1, 2, 3];
      const key = words.reduce((sum, each) => (sum << 32n) | BigInt(word(address, each)), 0n);
      return { key, bits, value: i + 1 };
    });
}

/** Three in four inside a prefix of the table, the rest anywhere. */
function keysFor(family: Family, rows: readonly Row[]): bigint[] {
  const random = new SeededRandom(family, 'internet');
  const anywhere = (): bigint => {
    let key = BigInt(random.u32());
    if (family === 6) for (let i = 0; i < 3; i++) key = (key << 32n) | BigInt(random.u32());
    return key;
  };
  return Array.from({ length: KEYS }, (_, i) => {
    const { key, bits } = rows[random.u32() % rows.length]!;
    const low = (1n << BigInt(widthOf(family) - bits)) - 1n;
    return i % 4 === 0 ? anywhere() : key | (anywhere() & low);
  });
}

/** Why there is nothing to test, printed. */
function missingReason(): string | undefined {
  const reason = sharedSkipReason();
  if (reason !== undefined || listShared('data', FILE).length > 0) return reason;
  console.warn(`skipped: no ../shared/data/${FILE}`);
  return FILE;
}

/** Kind, family, size of leaves, and room: for patricia, the table and the copy that one large change makes of it. */
const FORMS = [
  ['patricia', 4, 4, 2 * 64],
  ['patricia', 6, 4, 2 * 96],
  ['dir24-stride6', 6, 2, 2 * 96],
  ['dir24-stride6', 6, 4, 2 * 96],
] as const;

describe.skipIf(missingReason() !== undefined)('a table of the Internet', () => {
  afterAll(() => {
    lines = undefined;
  });

  it.each(FORMS)('%s, IPv%i, %i B: a map for each length agrees, and when half is gone', (...form) => {
    const [kind, family, leafBytes, each] = form;
    const rows = sample(family);
    expect(rows.length).toBeGreaterThan(family === 4 ? 60_000 : 20_000);
    const table = new LpmTable({
      kind,
      leafBytes,
      build: 'release',
      family,
      room: rows.length * each,
      specs: CHUNK,
    });
    const apply = (changes: readonly Row[]): void => {
      for (let first = 0; first < changes.length; first += CHUNK) {
        expect(table.apply(changes.slice(first, first + CHUNK))).toBe(true);
      }
      table.publish();
    };
    const keys = keysFor(family, rows);
    const expectAgreement = (present: readonly Row[]): void => {
      const oracle = new ByLength(family, present);
      const wanted = keys.map((key) => oracle.lookup(key));
      expect(wanted.filter((value) => value !== 0).length).toBeGreaterThan(KEYS / 4);
      expect(table.lookup(keys)).toEqual(wanted);
    };

    apply(rows);
    expectAgreement(rows);
    const perPrefix = (table.liveBytes / rows.length).toFixed(1);
    console.log(
      `${kind}, IPv${family}: ${rows.length} prefixes, ${table.liveBytes} bytes, ${perPrefix} a prefix`,
    );

    const gone = rows.filter((_, i) => i % 2 === 1);
    apply(gone.map((each) => ({ ...each, value: 0 })));
    expectAgreement(rows.filter((_, i) => i % 2 === 0));
    apply(rows.map((each) => ({ ...each, value: 0 })));
    expect(table.liveBytes).toBe(0);
  });
});
