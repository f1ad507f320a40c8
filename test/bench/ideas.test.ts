// Ideas that were tried answer as the oracle and the engine do, or are refused.
import { describe, expect, it } from 'vitest';
import { ideaPeers } from '../../bench/ideas/contenders.ts';
import { ipv4, prefix } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import type { Peer, TableContender } from '../../src/bench/contender.ts';
import { EngineContender } from '../../src/bench/engine-contender.ts';
import { gate } from '../../src/bench/gate.ts';
import { makeKeys } from '../../src/bench/keys.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import { distinctRows, type TableRow } from '../../src/tables/collect.ts';
import { rowsOf } from './support.ts';

const KEYS = 8192;
/** The first of an idea compiles it. */
const TIMEOUT = 180_000;

/** Each length of prefixes, some inside others, and values that ten bits hold, nearly hold and do not hold. */
function everyLength(): TableRow[] {
  const random = new SeededRandom(1, 'ideas');
  const rows: TableRow[] = [];
  for (let bits = 1; bits <= 32; bits++) {
    for (let i = 0; i < 24; i++) {
      const inside = rows[random.u32() % (rows.length + 1)];
      const free = inside === undefined ? 0xffff_ffff : 2 ** (32 - inside.prefix.bits) - 1;
      const address = ((inside?.prefix.address.w0 ?? 0) | (random.u32() & free)) >>> 0;
      const value = [1 + (random.u32() % 30), 1021 + (random.u32() % 4), 32_767][i % 3]!;
      rows.push({ prefix: prefix(ipv4(address), bits), value });
    }
  }
  return distinctRows(rows);
}

/** All /24 of two /16 differ from their neighbours, and all addresses of a /24. */
function dense(): TableRow[] {
  const rows: TableRow[] = [];
  for (let i = 0; i < 512; i++) {
    rows.push({ prefix: prefix(ipv4(0xc633_0000 + i * 256), 24), value: 1 + ((i * 7) % 1100) });
    if (i < 256) rows.push({ prefix: prefix(ipv4(0x0a00_0000 + i), 32), value: 1 + i });
  }
  return rows;
}

const ENDS = rowsOf({
  '0.0.0.0/32': 5,
  '0.0.0.1/32': 6,
  '255.255.255.255/32': 7,
  '128.0.0.0/1': 8,
  '63.255.255.0/24': 9,
  '64.0.0.0/25': 10,
});

/** Each stage takes seconds to compile. `npm run bench -- ideas` holds all of them to the same before it times them. */
const JUDGED: readonly string[] =
  process.env['PXTR_LONG'] === '1'
    ? ideaPeers(KEYS).map(({ kind }) => kind)
    : ['front 4 Ki, dir24-8', '2-byte directory, blocks of 32'];

/** Each takes every idea to build and to compile: two are enough for all that is above. */
const TABLES: Readonly<Record<string, readonly TableRow[]>> = {
  'prefixes of each length, the first and the last address': distinctRows([...everyLength(), ...ENDS]),
  'a default route, and no two equal neighbours': [...rowsOf({ '0.0.0.0/0': 1023 }), ...dense()],
};

/** Addresses in the table, anywhere, around the ends of what it has, and some again and again. */
function keysFor(rows: readonly TableRow[]): Uint32Array {
  const keys = new Uint32Array(4 * KEYS);
  for (const [i, pattern] of (['rand', 'unif', 'zipf'] as const).entries()) {
    keys.set(makeKeys(rows, 4, pattern, KEYS, 1), i * KEYS);
  }
  const edges = rows.flatMap(({ prefix: { address, bits } }) => {
    const last = address.w0 + 2 ** (32 - bits) - 1;
    return [address.w0 - 1, address.w0, last, last + 1];
  });
  for (let i = 0; i < KEYS; i++) keys[3 * KEYS + i] = edges[i % edges.length]!;
  return keys;
}

function judged(keys: number): Peer[] {
  const found = ideaPeers(keys).filter(({ kind }) => JUDGED.includes(kind));
  expect(found).toHaveLength(JUDGED.length);
  return found;
}

describe.each(Object.entries(TABLES))('of %s', (_, rows) => {
  const keys = keysFor(rows);
  const oracle = new Oracle(4, rows);
  const product = new EngineContender({ kind: 'dir18-run', leafBytes: 2 }, 4, rows, keys.length);
  const judge = (contender: TableContender): (string | undefined)[] =>
    gate([product, contender], keys, oracle).judged.map(({ why }) => why);

  it.each(judged(keys.length))(
    '$kind answers as the oracle and the engine do',
    { timeout: TIMEOUT },
    (peer) => {
      const contender = peer.open(4, rows);
      expect(judge(contender)).toEqual([undefined, undefined]);
      // Again, with what it has kept of the keys before; and what is timed is what was judged.
      const sum = contender.values().reduce((total, value) => total + value, 0);
      const half = keys.length / 2;
      expect(Number(contender.pass(half, 256, 0)) + Number(contender.pass(half, 256, half))).toBe(sum);
    },
  );
});

it('a wrong table is refused', { timeout: TIMEOUT }, () => {
  const keys = keysFor(ENDS);
  const product = new EngineContender({ kind: 'dir18-run', leafBytes: 2 }, 4, ENDS, keys.length);
  for (const peer of judged(keys.length)) {
    const { judged } = gate([product, peer.open(4, ENDS.slice(1))], keys, new Oracle(4, ENDS));
    expect(judged[0]!.why).toBeUndefined();
    expect(judged[1]!.why).toContain('answers');
  }
});
