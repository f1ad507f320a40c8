// Files of prefixes of every format: what comes out, in any pieces, and what is said of what is wrong.
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { formatPrefix, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { TableCollector, type CollectedTable, type CollectOptions } from '../../src/tables/collect.ts';
import type { TableFault } from '../../src/tables/source-row.ts';
import { DUMP } from '../support/write-mrt.ts';

const bytesOf = (file: string | Uint8Array): Uint8Array =>
  typeof file === 'string' ? new TextEncoder().encode(file) : file;

function collect(file: string | Uint8Array, options: CollectOptions = {}, piece = Infinity): CollectedTable {
  const bytes = bytesOf(file);
  const collector = new TableCollector(options);
  for (let at = 0; at < bytes.length; at += piece) collector.push(bytes.slice(at, at + piece));
  const table = collector.finish();
  if (!table.ok) throw new Error(JSON.stringify(table.error));
  return table.value;
}

function refused(file: string | Uint8Array, options: CollectOptions = {}): TableFault {
  const collector = new TableCollector(options);
  collector.push(bytesOf(file));
  const table = collector.finish();
  if (table.ok) throw new Error('it was read');
  return table.error;
}

const lines = ({ rows }: CollectedTable): string[] =>
  rows.map(({ prefix, value }) => `${formatPrefix(prefix)} ${value}`);

const LIST =
  '# mine\r\n10.0.0.0/8 7\r\n\r\n 10.1.0.0/16\t8 # nested\n2001:DB8::/32 4\n10.0.0.0/8 9\n9.0.0.1/8';
const PFX2AS = '# of a day\n1.0.4.0\t22\t38803\n1.0.0.0\t24\t13335_64500,64501\n2001:db8::\t32\t38803\n';
const JSON_LIST = `[
  "10.0.0.0/8",
  { "prefix": "11.0.0.0/8", "nextHop": "192.0.2.1" },
  { "prefix": "2001:db8::/32", "nextHop": "2001:DB8::1", "originAs": 64500 }
]`;
const RIB = concatBytes(...DUMP);

const WANTED = {
  list: ['9.0.0.0/8 0', '10.0.0.0/8 7', '10.1.0.0/16 8', '2001:db8::/32 4'],
  pfx2as: ['1.0.0.0/24 2', '1.0.4.0/22 1', '2001:db8::/32 1'],
  json: ['10.0.0.0/8 0', '11.0.0.0/8 1', '2001:db8::/32 2'],
  mrt: [
    '0.0.0.0/0 3',
    '198.51.100.0/24 1',
    '198.51.100.64/26 1',
    '203.0.113.128/25 1',
    '::/0 4',
    '2001:db8:5::/48 2',
    '2001:db8:6::/47 2',
    '2001:db8:7::/48 2',
  ],
} as const;
const FILES = { list: LIST, pfx2as: PFX2AS, json: JSON_LIST, mrt: RIB } as const;
const FORMATS = ['list', 'pfx2as', 'json', 'mrt'] as const;

describe('a file of prefixes', () => {
  it.each(FORMATS)('%s is known by its beginning, and is the same in any pieces', (format) => {
    for (const piece of [Infinity, 1, 2, 7, 100]) {
      const table = collect(FILES[format], {}, piece);
      expect([table.format, ...lines(table)], `pieces of ${piece}`).toEqual([format, ...WANTED[format]]);
    }
    expect(lines(collect(FILES[format], { format }))).toEqual(WANTED[format]);
  });

  it('says what it left out and what it changed', () => {
    const list = collect(LIST);
    expect([list.records, [...list.skipped], [...list.changed]]).toEqual([
      5,
      [['named again (the first counts)', 1]],
      [['host bits beyond the length, cleared', 1]],
    ]);
    expect([...collect(RIB, { family: 6 }).skipped]).toEqual([
      ['RIB_IPV4_MULTICAST', 1],
      ['BGP4MP subtype 4', 1],
      ['not IPv6', 4],
    ]);
  });

  it('has names for its numbers, in the order they come', () => {
    expect(collect(PFX2AS).values).toEqual([
      { value: 1, name: '38803', prefixes: 2 },
      { value: 2, name: '13335_64500,64501', prefixes: 1 },
    ]);
    expect(collect(LIST).values).toEqual([]);
    const origins = collect(RIB, { value: 'origin-as' });
    expect(origins.values.map(({ name }) => name)).toEqual([
      '65550',
      '64510',
      '64500',
      '4200000001',
      '65552',
      '64502',
    ]);
    expect(lines(origins).slice(0, 2)).toEqual(['0.0.0.0/0 3', '198.51.100.0/24 1']);
    expect(lines(collect(LIST, { value: 'index' })).map((line) => line.split(' ')[1])).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(lines(collect(LIST, { value: 'next-hop' })).map((line) => line.split(' ')[1])).toEqual([
      '0',
      '0',
      '0',
      '0',
    ]);
  });

  it('of a dump has the first path of a prefix, or that of a neighbour', () => {
    const peer = collect(RIB, { peer: ip('2001:db8::2') });
    expect(peer.values[0]!.name).toBe('192.0.2.9');
    expect(lines(peer).slice(0, 1)).toEqual(['198.51.100.0/24 1']);
    expect([...peer.skipped]).toContainEqual([
      'no path of 2001:db8::2 (neighbours are 192.0.2.1, 2001:db8::2)',
      3,
    ]);
  });

  it('of a dump goes on behind what is not right when it is to', () => {
    const broken = concatBytes(DUMP[0]!, DUMP[1]!.with(24, 1), ...DUMP.slice(1), DUMP[2]!.subarray(0, 30));
    expect(refused(broken).message).toMatch(/ at byte \d+ \(/);
    const table = collect(broken, { keepGoing: true });
    expect(lines(table)).toHaveLength(WANTED.mrt.length);
    expect([...table.skipped].map(([reason]) => reason)).toContain('truncated (mrt.record)');
  });
});

describe('what is wrong is said with its place', () => {
  it.each<[string, Partial<TableFault>]>([
    [
      '10.0.0.0/8\n10.0.0/8',
      { line: 2, column: 1, message: expect.stringContaining('10.0.0/8 is no prefix') as string },
    ],
    [
      '10.0.0.0/33',
      { line: 1, column: 1, hint: 'Read as list, by the first line; --format says otherwise.' },
    ],
    ['10.0.0.0', { line: 1, message: '10.0.0.0 has no length; one address alone is 10.0.0.0/32' }],
    [
      '10.0.0.0/8,5',
      { message: '10.0.0.0/8,5 is no prefix; a value stands behind a space or a tab: 10.0.0.0/8 7' },
    ],
    [
      '10.0.0.0/8 1\n11.0.0.0/8 \u001b[31m',
      {
        ...{ line: 2, column: 12, message: 'this is no text: it has U+001B' },
        hint: 'A dump of a routing table is read with --format mrt.',
      },
    ],
    [
      '10.0.0.0/8  x',
      { line: 1, column: 13, message: expect.stringContaining('expected a number 1 .. 2^31-1') as string },
    ],
    ['10.0.0.0/8 2147483648', { line: 1, column: 12 }],
    [
      '10.0.0.0/8 1 2',
      { line: 1, column: 14, message: expect.stringContaining('expected the end') as string },
    ],
    [
      '# forms\n10.0.0.0/8 1\n11.0.0.0/8\n12.0.0.0/8 192.0.2.1',
      {
        ...{ line: 4, column: 12, text: '12.0.0.0/8 192.0.2.1' },
        message: '12.0.0.0/8 has a next hop or AS, and a prefix before it a number',
        hint: expect.stringContaining('--value next-hop') as string,
      },
    ],
    [
      '10.0.0.0/8 192.0.2.1\n11.0.0.0/8 7',
      {
        ...{ line: 2, column: 12, text: '11.0.0.0/8 7' },
        message: '11.0.0.0/8 has a number, and a prefix before it a next hop or AS',
      },
    ],
    [
      '[\n "10.0.0.0/8",\n {"prefix": "11.0.0.0/8", "value": 1},\n {"prefix": "12.0.0.0/8", "originAs": 5}\n]',
      { line: 4, column: 2, text: ' {"prefix": "12.0.0.0/8", "originAs": 5}' },
    ],
    ['1.0.0.0\t24\t1\n1.0.0.0\t33\t1', { line: 2, column: 9 }],
    [
      '1.0.0.0\t24\t1\n1.0.0.0\t24',
      { line: 2, column: 11, message: expect.stringContaining('the line ends here') as string },
    ],
    ['1.0.0.0\t24\t4294967296', { line: 1, column: 12 }],
    ['1.0.0.0\t24\t1_', { line: 1, column: 12 }],
    [
      '[ "10.0.0.0/8",\n  "10.0.0/8" ]',
      { line: 2, column: 3, message: expect.stringContaining('element 1') as string },
    ],
    ['[ { "prefix": "10.0.0.0/8", "nextHop": "x" } ]', { line: 1, column: 3 }],
    ['{ "a": [1, 2],\n "prefixes": [{"prefix": "10.0.0.0/8"}, {"prefix": 5}] }', { line: 2, column: 41 }],
    [
      '{ "routes": [] }',
      { line: 1, column: 1, message: expect.stringContaining('the array "prefixes"') as string },
    ],
    ['[ "10.0.0.0/8",\n', { message: expect.stringContaining('not JSON') as string }],
  ])('%j', (file, fault) => {
    expect(refused(file)).toMatchObject(fault);
  });

  it('a line is not told whole that is longer than people read, nor a word', () => {
    const { message, text } = refused('x'.repeat(5_000_000));
    expect(text).toBeUndefined();
    expect(message.length).toBeLessThan(160);
  });

  it('of a dump with how to go on', () => {
    const cut = refused(RIB.subarray(0, RIB.length - 3));
    expect(cut).toMatchObject({ hint: expect.stringContaining('--keep-going') as string });
  });

  it('random bytes are refused or read, whatever they are said to be', () => {
    const random = new SeededRandom(3, 'table bytes');
    for (let i = 0; i < 2000; i++) {
      const alphabet = '0123456789./: \t\n,_[]{}"#af';
      const text = Array.from(
        { length: random.u32() % 40 },
        () => alphabet[random.u32() % alphabet.length],
      ).join('');
      const bytes = Uint8Array.from({ length: random.u32() % 60 }, () => random.u32());
      for (const format of [undefined, ...FORMATS]) {
        for (const file of [text, bytes]) {
          const collector = new TableCollector(format === undefined ? {} : { format });
          collector.push(bytesOf(file));
          const table = collector.finish();
          if (!table.ok) expect(table.error.message).not.toBe('');
        }
      }
    }
  });
});
