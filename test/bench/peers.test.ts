// Contenders in JavaScript answer as the oracle does, or are refused.
import { describe, expect, it } from 'vitest';
import { gate } from '../../src/bench/gate.ts';
import { makeKeys } from '../../src/bench/keys.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import { BLOCK_LIST } from '../../src/bench/peers/block-list.ts';
import { longestPrefixMatch } from '../../src/bench/peers/longest-prefix-match.ts';
import { loadPeers } from '../../src/bench/peers/load-peers.ts';
import { NESTED, rowsOf } from './support.ts';

const ROWS = [
  ...NESTED,
  ...rowsOf({
    '10.1.2.200/32': 3,
    '10.1.2.192/26': 4,
    '10.1.3.128/25': 5,
    '192.0.2.0/24': 6,
    '224.0.0.0/3': 2,
  }),
];

describe.each(await loadPeers())('$kind', (peer) => {
  it.each(peer.families)('answers as the oracle does, IPv%i', (family) => {
    const own = ROWS.filter(({ prefix }) => prefix.address.family === family);
    for (const pattern of ['rand', 'unif', 'scan'] as const) {
      const keys = makeKeys(own, family, pattern, 2048, 1);
      const contender = peer.open(family, own);
      const { judged } = gate([contender], keys, new Oracle(family, own));
      expect(judged.map(({ why }) => why)).toEqual([undefined]);
      const sum = contender.values().reduce((total, value) => total + value, 0);
      expect(Number(contender.pass(1024, 256, 0)) + Number(contender.pass(1024, 256, 1024))).toBe(sum);
    }
  });
});

describe('longest-prefix-match', () => {
  it('says how to get the package that is not there', () => {
    const open = (): unknown => longestPrefixMatch(undefined).open(4, ROWS);
    expect(open).toThrow('is not installed: npm install longest-prefix-match gets it');
  });
});

describe('BlockList', () => {
  it('refuses a table that it cannot manage', () => {
    const many = Array.from({ length: 257 }, (_, i) => ({ ...ROWS[0]!, value: i + 1 }));
    expect(() => BLOCK_LIST.open(4, many)).toThrow('at most 256 here, not 257');
  });
});
