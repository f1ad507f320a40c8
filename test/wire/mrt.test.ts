// MRT dumps: each kind of record, bytes in any pieces, every truncation, random bytes, and bgpdump as judge.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { prefix, type IpAddress } from '../../src/base/ip.ts';
import { cidr, formatIp, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { asPathText, decodePathAttributes, originAs } from '../../src/wire/bgp-attributes.ts';
import { formatWireError, type WireError } from '../../src/wire/error.ts';
import { isMrt, mrtName, MrtReader, MRT_MAX_RECORD_BYTES } from '../../src/wire/mrt.ts';
import { attributesOf, type MrtPath, type MrtRoute } from '../../src/wire/mrt-rib.ts';
import { listShared, readShared, sharedSkipReason } from '../support/shared.ts';
import { findTool, skipReason } from '../support/tools.ts';
import {
  asPath,
  attribute,
  DUMP,
  mpReach,
  mrtRecord,
  nextHop,
  origin,
  peerIndexTable,
  PEERS,
  ribRecord,
  sequence,
  set,
} from '../support/write-mrt.ts';

const MUTATIONS = process.env['PXTR_LONG'] === '1' ? 200_000 : 3_000;
const FILE = concatBytes(...DUMP);

interface Read {
  readonly routes: MrtRoute[];
  readonly errors: WireError[];
  readonly reader: MrtReader;
}

/** Reads pieces; attributes are looked into as well, their errors with the others. */
function read(...pieces: readonly Uint8Array[]): Read {
  const reader = new MrtReader();
  const routes: MrtRoute[] = [];
  const errors: WireError[] = [];
  for (const piece of pieces) {
    for (const route of reader.push(piece)) {
      if (!route.ok) {
        errors.push(route.error);
        continue;
      }
      routes.push(route.value);
      for (const path of route.value.paths) {
        const attributes = attributesOf(path);
        if (!attributes.ok) errors.push(attributes.error);
      }
    }
  }
  const end = reader.finish();
  if (!end.ok) errors.push(end.error);
  return { routes, errors, reader };
}

function pathText(path: MrtPath): string {
  const attributes = attributesOf(path);
  if (!attributes.ok) return formatWireError(attributes.error);
  const { origin: kind, asPath: ases, nextHop: hop } = attributes.value;
  return [
    `${formatIp(path.peer.address)} AS${path.peer.as}`,
    path.originatedAt,
    path.pathId ?? '-',
    kind ?? '-',
    ases === undefined ? '-' : `"${asPathText(ases)}" from ${originAs(ases) ?? '-'}`,
    hop === undefined ? '-' : formatIp(hop),
  ].join(' | ');
}

function text({ routes }: Read): string[] {
  return routes.flatMap(({ prefix: at, paths }) => [
    formatPrefix(at),
    ...paths.map((path) => `  ${pathText(path)}`),
  ]);
}

describe('a dump', () => {
  it('gives each prefix with its paths, and counts what is no route', () => {
    const all = read(FILE);
    expect(all.errors).toEqual([]);
    expect(text(all)).toEqual([
      '198.51.100.0/24',
      '  192.0.2.1 AS64500 | 100 | - | 0 | "64500 65550" from 65550 | 192.0.2.1',
      '  2001:db8::2 AS4200000001 | 101 | - | 2 | "4200000001 {64501,64502}" from {64501,64502} | 192.0.2.9',
      '2001:db8:5::/48',
      '  2001:db8::2 AS4200000001 | 102 | - | 0 | "64510" from 64510 | 2001:db8::2',
      '  2001:db8::2 AS4200000001 | 103 | - | 0 | "64511" from 64511 | 2001:db8::3',
      '203.0.113.128/25',
      '  192.0.2.1 AS64500 | 104 | 5 | 0 | "" from - | 192.0.2.1',
      '  192.0.2.1 AS64500 | 105 | 6 | - | - | -',
      '2001:db8:6::/47',
      '  2001:db8::2 AS4200000001 | 106 | 9 | - | - | 2001:db8::2',
      '0.0.0.0/0',
      '  192.0.2.1 AS64500 | 107 | - | - | - | 192.0.2.3',
      '::/0',
      '  2001:db8::2 AS4200000001 | 108 | 4 | - | - | 2001:db8::4',
      '198.51.100.64/26',
      '  192.0.2.1 AS64500 | 109 | - | 0 | "64500 65551 65552" from 65552 | 192.0.2.1',
      '2001:db8:7::/48',
      '  2001:db8::2 AS64502 | 110 | - | 1 | "64502" from 64502 | 2001:db8::2',
    ]);
    expect(all.reader.records).toBe(DUMP.length);
    expect(all.reader.peers).toEqual(PEERS);
    expect([...all.reader.skipped]).toEqual([
      ['RIB_IPV4_MULTICAST', 1],
      ['BGP4MP subtype 4', 1],
    ]);
    const starts = DUMP.map((_, i) => DUMP.slice(0, i).reduce((sum, { length }) => sum + length, 0));
    expect(all.routes.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6, 9, 10].map((i) => starts[i]));
  });

  it('gives the same in any pieces', () => {
    const whole = text(read(FILE));
    const bytes = Array.from(FILE, (_, i) => FILE.slice(i, i + 1));
    expect(text(read(...bytes))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(FILE.length)), (cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), FILE.length];
        const { routes, errors, reader } = read(...ends.slice(1).map((end, i) => FILE.slice(ends[i], end)));
        expect(errors).toEqual([]);
        expect(text({ routes, errors, reader })).toEqual(whole);
        const again = read(FILE).routes.flatMap(({ paths }) => paths.map((path) => path.attributesOffset));
        expect(routes.flatMap(({ paths }) => paths.map((path) => path.attributesOffset))).toEqual(again);
      }),
      { numRuns: 200 },
    );
  });

  it('cut anywhere ends in truncated, at the cut, unless it was cut between two records', () => {
    let start = 0;
    for (const record of DUMP) {
      for (let cut = 1; cut < record.length; cut++) {
        const { errors } = read(FILE.subarray(0, start + cut));
        const field = cut < 12 ? 'mrt.header' : 'mrt.record';
        expect(errors).toEqual([{ code: 'truncated', offset: start + cut, field }]);
      }
      start += record.length;
      expect(read(FILE.subarray(0, start)).errors).toEqual([]);
    }
  });

  it('a record whose length is too short for it fails inside itself, and the next one is read', () => {
    for (const record of DUMP.filter((each) => isRead(each))) {
      for (let length = 0; length < record.length - 12; length++) {
        const short = mrtRecord(record[5]!, record[7]!, record.subarray(12, 12 + length));
        const { routes, errors } = read(DUMP[0]!, short, DUMP[5]!);
        expect(errors.length, `${length} of ${record.length - 12}`).toBe(1);
        expect(errors[0]!.code).toBe('truncated');
        expect(errors[0]!.offset).toBeGreaterThanOrEqual(DUMP[0]!.length + 12);
        expect(errors[0]!.offset).toBeLessThanOrEqual(DUMP[0]!.length + short.length);
        expect(routes.map((route) => formatPrefix(route.prefix)).at(-1)).toBe('0.0.0.0/0');
      }
    }
  });

  it.each([
    [
      'a length above the limit',
      [header(13, 2, MRT_MAX_RECORD_BYTES + 1)],
      'bad-length at byte 8 (mrt.length)',
    ],
    ['bytes behind the entries', [longer(DUMP[0]!)], 'bad-length at byte 59 (mrt.record)'],
    ['a peer that is not in the table', [DUMP[5]!], 'bad-value at byte 22 (mrt.peer_index)'],
    [
      'an IPv4 prefix of 33 bits',
      [mrtRecord(13, 2, Uint8Array.of(0, 0, 0, 1, 33, 1, 2, 3, 4, 5, 0, 0))],
      'bad-value at byte 16 (mrt.prefix_length)',
    ],
    [
      'a next hop of 5 bytes',
      [...withAttributes(attribute(14, Uint8Array.of(5, 1, 2, 3, 4, 5)))],
      'bad-length at byte 90 (bgp.mp_reach.next_hop_length)',
    ],
    [
      'an origin of 2 bytes',
      [...withAttributes(attribute(1, Uint8Array.of(0, 0)))],
      'bad-length at byte 91 (bgp.origin)',
    ],
    [
      'an AS path that ends inside an AS',
      [...withAttributes(attribute(2, Uint8Array.of(2, 1, 0, 0, 1)))],
      'truncated at byte 92 (bgp.as_path.as)',
    ],
    [
      'an attribute longer than all of them',
      [...withAttributes(Uint8Array.of(0x40, 3, 4, 1))],
      'truncated at byte 90 (bgp.attribute)',
    ],
  ])('%s is an error with its place', (_, records, said) => {
    expect(read(...records).errors.map(formatWireError)).toEqual([said]);
  });

  it('after a length that cannot be, nothing more is read', () => {
    const { errors, routes } = read(DUMP[0]!, header(13, 2, 0xffff_ffff), FILE, FILE);
    expect(errors).toHaveLength(1);
    expect(routes).toEqual([]);
  });

  it('bits beyond the length of a prefix are cleared', () => {
    const record = ribRecord(2, { address: ip('10.1.2.255'), bits: 25 }, []);
    expect(read(DUMP[0]!, record).routes[0]!.prefix).toEqual(cidr('10.1.2.128/25'));
  });

  it('RIB_GENERIC of other families is counted by family and skipped', () => {
    const { reader, errors } = read(DUMP[0]!, mrtRecord(13, 6, Uint8Array.of(0, 0, 0, 1, 0, 25, 65, 9)));
    expect(errors).toEqual([]);
    expect([...reader.skipped]).toEqual([['RIB_GENERIC AFI 25 SAFI 65', 1]]);
  });

  it('mutated and random bytes give errors or routes and nothing else', () => {
    const random = new SeededRandom(5, 'mrt mutations');
    let broken = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = FILE.slice();
      for (let n = random.u32() % 8; n >= 0; n--) bytes[random.u32() % bytes.length] = random.u32();
      const cut = random.u32() % bytes.length;
      const { errors } = read(bytes.subarray(0, cut), bytes.subarray(cut));
      for (const { offset } of errors) expect(offset).toBeLessThanOrEqual(bytes.length);
      if (errors.length > 0) broken++;
      read(bytes.map(() => random.u32()).subarray(0, random.u32() % 200));
    }
    expect(broken).toBeGreaterThan(MUTATIONS / 20);
  });

  it('is known by its first bytes', () => {
    for (const record of DUMP) expect(isMrt(record)).toBe(true);
    expect(isMrt(new TextEncoder().encode('10.0.0.0/8 1\n11.0.0.0/8 2\n'))).toBe(false);
    expect(isMrt(FILE.subarray(0, 11))).toBe(false);
    expect([mrtName(13, 2), mrtName(16, 4), mrtName(99, 1)]).toEqual([
      'RIB_IPV4_UNICAST',
      'BGP4MP subtype 4',
      'type 99 subtype 1',
    ]);
  });
});

describe('AS paths', () => {
  const merged = (two: Parameters<typeof asPath>[0], four: Parameters<typeof asPath>[0]): string => {
    const attributes = decodePathAttributes(concatBytes(asPath(two, 2), asPath(four, 4, 17)), 2);
    return attributes.ok ? asPathText(attributes.value.asPath!) : formatWireError(attributes.error);
  };

  it('of 2 bytes take what AS4_PATH says, unless that is the longer one (RFC 6793 §4.2.3)', () => {
    expect(merged([sequence(1, 2, 23456)], [sequence(70_000)])).toBe('1 2 70000');
    expect(merged([sequence(1, 23456), set(3, 4)], [sequence(70_000), set(3, 70_001)])).toBe(
      '1 70000 {3,70001}',
    );
    expect(merged([sequence(1)], [sequence(70_000, 70_001)])).toBe('1');
    expect(merged([{ type: 3, ases: [9] }, sequence(1, 23456)], [sequence(70_000)])).toBe('(9) 1 70000');
    expect(merged([set(1, 2), sequence(23456)], [sequence(70_000)])).toBe('{1,2} 70000');
  });

  it('of 4 bytes do not', () => {
    const attributes = decodePathAttributes(
      concatBytes(asPath([sequence(1)], 4), asPath([sequence(2)], 4, 17)),
      4,
    );
    expect(attributes).toEqual({ ok: true, value: { asPath: [sequence(1)] } });
  });

  it('say where a route comes from, by the last segment with an AS in it', () => {
    expect(originAs([])).toBeUndefined();
    expect(originAs([sequence(1, 2), sequence()])).toBe('2');
    expect(originAs([sequence(1), { type: 4, ases: [5, 6] }])).toBe('[5,6]');
    expect(asPathText([{ type: 9, ases: [1] }])).toBe('type 9 <1>');
  });

  it('MP_REACH_NLRI goes before NEXT_HOP', () => {
    const attributes = decodePathAttributes(
      concatBytes(mpReach([ip('2001:db8::1')], false), nextHop(ip('192.0.2.1')), origin(0)),
      4,
    );
    expect(attributes).toMatchObject({ ok: true, value: { nextHop: ip('2001:db8::1'), origin: 0 } });
  });
});

// ---- bgpdump ---------------------------------------------------------------------------------------------------------

const noJudge = skipReason('bgpdump');
const noSamples = sharedSkipReason();

/** The fields of `bgpdump -m` that are ours as well; it says 255.255.255.255 for a next hop that it did not find. */
function judged(path: string): string[] {
  const { stdout } = spawnSync(findTool('bgpdump')!, ['-m', path], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('TABLE_DUMP'))
    .map((line) => {
      const [kind, , , peer, as, at, ...rest] = line.split('|');
      const pathId = kind!.endsWith('_AP') ? rest.shift()! : '-';
      const [ases, origins, hop] = rest;
      return [peer, as, at, pathId, ases, origins, hop].join('|');
    });
}

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE'];

function ours({ routes }: Read): string[] {
  return routes.flatMap(({ prefix: at, paths }) =>
    paths.map((path) => {
      const attributes = attributesOf(path);
      if (!attributes.ok) throw new Error(formatWireError(attributes.error));
      const { origin: kind, asPath: ases = [], nextHop: hop } = attributes.value;
      // bgpdump does not look for the next hop of an IPv6 route with a path identifier.
      const isUnseen = at.address.family === 6 && path.pathId !== undefined;
      return [
        formatIp(path.peer.address),
        path.peer.as,
        formatPrefix(at),
        path.pathId ?? '-',
        asPathText(ases),
        ORIGINS[kind ?? 2],
        hop === undefined || isUnseen ? '255.255.255.255' : judgeText(hop),
      ].join('|');
    }),
  );
}

/** As inet_ntop writes it. */
function judgeText(address: IpAddress): string {
  const isMapped = address.w0 === 0 && address.w1 === 0 && address.w2 === 0xffff;
  if (address.family === 4 || !isMapped) return formatIp(address);
  return `::ffff:${formatIp({ family: 4, w0: address.w3, w1: 0, w2: 0, w3: 0 })}`;
}

describe.skipIf(noJudge !== undefined)('bgpdump reads the same', () => {
  it.skipIf(noSamples !== undefined)('in the samples of quagga, BIRD and OpenBGPD', () => {
    const samples = listShared('data/mrt', '').filter((name) => /_rib/.test(name));
    expect(samples.length).toBeGreaterThanOrEqual(6);
    let paths = 0;
    for (const name of samples) {
      const all = read(readShared(name));
      expect(all.errors, name).toEqual([]);
      const path = fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));
      expect(ours(all), name).toEqual(judged(path));
      paths += ours(all).length;
    }
    expect(paths).toBeGreaterThan(90);
  });
});

// ---- parts -----------------------------------------------------------------------------------------------------------

function header(type: number, subtype: number, length: number): Uint8Array {
  const record = mrtRecord(type, subtype, new Uint8Array(0));
  new DataView(record.buffer).setUint32(8, length);
  return record;
}

function longer(record: Uint8Array): Uint8Array {
  return mrtRecord(record[5]!, record[7]!, concatBytes(record.subarray(12), Uint8Array.of(0)));
}

/** Only these are looked into. */
function isRead(record: Uint8Array): boolean {
  return record[5] === 12 || (record[5] === 13 && record[7] !== 3);
}

function withAttributes(attributes: Uint8Array): readonly Uint8Array[] {
  return [
    peerIndexTable(PEERS, 'lab'),
    ribRecord(2, prefix(ip('10.0.0.0'), 8), [{ peer: 0, originatedAt: 1, attributes }]),
  ];
}
