import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { describeTree } from '../../src/wire/describe-tree.ts';
import { buildIcmpPacket, quoteForError } from '../../src/wire/icmp.ts';
import { encodeIp } from '../../src/wire/ip-packet.ts';
import { encodeFragmentHeader } from '../../src/wire/ipv6.ts';
import { encodeLispData, lispDataHeader } from '../../src/wire/lisp-data.ts';
import {
  checksumErrorsOf,
  controlOf,
  decodePacket,
  errorsOf,
  layersOf,
  type Packet,
} from '../../src/wire/packet.ts';
import { renderTree, type TreeNode } from '../../src/wire/tree.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { lispHeader, payload } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';
import { reencode } from '../support/reencode.ts';
import { packetVectors } from '../support/vectors.ts';

const VECTORS = packetVectors('data-plane.md');
const [D1, D2, D3, D4, D5] = VECTORS.map(({ bytes }) => bytes) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const HOSTS = { source: ip('192.168.1.1'), destination: ip('4.4.4.4') };
const RLOCS = { source: ip('10.0.1.2'), destination: ip('10.0.1.1') };
const ECHO = buildIcmpPacket(
  { ...HOSTS, ttl: 255 },
  { type: 'echo-request', identifier: 1, sequence: 2, data: hex('00010203') },
);
const MAP_REQUEST = hex('10000001 11223344 55667788 0001c0a80101 00010a000102 00200001 04040404');
const CONTROL = {
  ...RLOCS,
  ttl: 64,
  sourcePort: 61441,
  destinationPort: 4342,
  checksum: 'compute',
} as const;
const MAP_REQUEST_PACKET = buildUdpPacket(CONTROL, MAP_REQUEST);
const ECM_PACKET = buildUdpPacket(
  CONTROL,
  concatBytes(hex('80000000'), buildUdpPacket({ ...CONTROL, destination: HOSTS.destination }, MAP_REQUEST)),
);
const REPLY_PACKET = buildUdpPacket(
  {
    ...CONTROL,
    source: RLOCS.destination,
    destination: RLOCS.source,
    sourcePort: 4342,
    destinationPort: 61441,
  },
  hex('20000001 11223344 55667788 0000000f 00 01 2000 0000 0001 00000000'),
);
const lispPacket = (inner: Uint8Array, header = lispDataHeader()): Uint8Array =>
  buildUdpPacket(
    { ...RLOCS, ttl: 254, sourcePort: 0xc001, destinationPort: 4341, checksum: 'zero', dontFragment: true },
    concatBytes(encodeLispData(header), inner),
  );
const ERROR_PACKET = buildIcmpPacket(
  { source: ip('10.0.3.2'), destination: RLOCS.source, ttl: 64 },
  { type: 'unreachable', code: 4, mtu: 1400, quote: quoteForError(lispPacket(ECHO)).subarray(0, 28) },
);
const FRAGMENT6 = encodeIp(
  { source: ip('2001:db8::1'), destination: ip('2001:db8::2'), ttl: 9, protocol: 44 },
  concatBytes(encodeFragmentHeader(17, { offset: 4, more: false, identification: 77 }), hex('aabbccdd')),
);
const CORPUS = [
  D1,
  D2,
  D3,
  D4,
  D5,
  ECHO,
  MAP_REQUEST_PACKET,
  ECM_PACKET,
  REPLY_PACKET,
  lispPacket(ECHO),
  ERROR_PACKET,
  FRAGMENT6,
];

function packetOf(bytes: Uint8Array, cut = false): Packet {
  const read = decodePacket(bytes, 0, cut);
  if (!read.ok) throw new Error(`${read.error.code} ${read.error.field}`);
  return read.value;
}
const line = (bytes: Uint8Array): string => describePacket(packetOf(bytes));
const kinds = (bytes: Uint8Array): string[] => Array.from(layersOf(packetOf(bytes)), ({ kind }) => kind);

describe('packets of the specification', () => {
  it.each(VECTORS)('$name: every layer is decoded, and described as written', ({ bytes, text }) => {
    const packet = packetOf(bytes);
    expect(errorsOf(packet)).toEqual([]);
    expect(describePacket(packet)).toBe(text);
  });

  it.each(VECTORS)('$name: its layers encode to the same bytes', ({ bytes }) => {
    expect(toHex(reencode(packetOf(bytes), bytes))).toBe(toHex(bytes));
  });

  it('DP-01 IPv4 and IPv6 EIDs over IPv4 and IPv6 RLOCs: all four pairs are decoded', () => {
    const families = [D1, D2, D3, D4].map((bytes) =>
      Array.from(layersOf(packetOf(bytes)), (layer) => (layer.kind === 'ip' ? layer.ip.family : [])).flat(),
    );
    expect(families).toEqual([
      [4, 4],
      [4, 6],
      [6, 4],
      [6, 6],
    ]);
  });

  it('only D5 has a wrong checksum, in its inner IPv4 header', () => {
    expect(VECTORS.map(({ bytes }) => checksumErrorsOf(packetOf(bytes)).map(({ offset }) => offset))).toEqual(
      [[], [], [], [], [60]],
    );
  });
});

describe('layers', () => {
  it('DP-02 UDP to port 4341 is LISP data; either port 4342 is LISP control', () => {
    expect(kinds(lispPacket(ECHO))).toEqual(['ip', 'udp', 'lisp', 'ip', 'icmp']);
    expect(kinds(ECM_PACKET)).toEqual(['ip', 'udp', 'control', 'ip', 'udp', 'control']);
    expect(kinds(REPLY_PACKET)).toEqual(['ip', 'udp', 'control']);
    const other = { ...CONTROL, sourcePort: 4341, destinationPort: 53 };
    expect(kinds(buildUdpPacket(other, MAP_REQUEST))).toEqual(['ip', 'udp', 'data']);
  });

  it('controlOf finds the outer message', () => {
    expect(controlOf(packetOf(ECM_PACKET))?.type).toBe('ecm');
    expect(controlOf(packetOf(D1))).toBeUndefined();
  });

  it.each([0, 5, 15])('without GPE an inner version of %i is refused, the outer layers stay', (version) => {
    const packet = packetOf(lispPacket(Uint8Array.of(version << 4, 0, 0, 0)));
    expect(errorsOf(packet)).toEqual([{ code: 'bad-version', offset: 36, field: 'ip.version' }]);
    expect(Array.from(layersOf(packet), ({ kind }) => kind)).toEqual(['ip', 'udp', 'lisp', 'broken']);
  });

  it('what is encrypted or of an unknown next protocol is not looked into', () => {
    expect(kinds(lispPacket(ECHO, { flags: 1, word0: 0, word1: 0 }))).toEqual(['ip', 'udp', 'lisp', 'data']);
    expect(kinds(lispPacket(ECHO, lispDataHeader({ nextProtocol: 4 })))).toEqual([
      'ip',
      'udp',
      'lisp',
      'data',
    ]);
    expect(kinds(lispPacket(ECHO, lispDataHeader({ nextProtocol: 1 })))).toEqual([
      'ip',
      'udp',
      'lisp',
      'ip',
      'icmp',
    ]);
  });

  it('a payload cut at any byte is an error inside; the layers around it stay', () => {
    for (const inner of [MAP_REQUEST, D1.subarray(28), D4.subarray(48)]) {
      const destinationPort = inner === MAP_REQUEST ? 4342 : 4341;
      for (let length = 0; length < inner.length; length++) {
        const bytes = buildUdpPacket({ ...CONTROL, destinationPort }, inner.subarray(0, length));
        const packet = packetOf(bytes);
        const [error, ...more] = errorsOf(packet);
        expect(error?.code, `${length} bytes`).toBe('truncated');
        expect(more).toEqual([]);
        expect(error!.offset).toBeGreaterThanOrEqual(28);
        expect(error!.offset).toBeLessThanOrEqual(bytes.length);
        expect(packet.payload.kind).toBe('udp');
      }
    }
  });

  it('every strict prefix is truncated; as a cut packet it keeps what is there', () => {
    for (const bytes of CORPUS) {
      for (let length = 0; length < bytes.length; length++) {
        expect(decodePacket(bytes.subarray(0, length))).toMatchObject({
          ok: false,
          error: { code: 'truncated' },
        });
        const cut = decodePacket(bytes.subarray(0, length), 0, true);
        if (cut.ok) expect(errorsOf(cut.value), toHex(bytes.subarray(0, length))).toEqual([]);
      }
    }
  });

  it('being cut excuses nothing but the end', () => {
    const bad = MAP_REQUEST.slice();
    bad.set([0x12, 0x34], 12); // AFI of the source EID.
    const bytes = buildUdpPacket(CONTROL, concatBytes(bad, new Uint8Array(20)));
    expect(errorsOf(packetOf(bytes.subarray(0, bytes.length - 10), true))).toMatchObject([
      { code: 'unsupported-afi' },
    ]);
    // A message that is whole inside a cut frame has no excuse.
    const short = buildUdpPacket(CONTROL, MAP_REQUEST.subarray(0, 20));
    expect(errorsOf(packetOf(short, true))).toMatchObject([{ code: 'truncated' }]);
    // Nor has one that is whole while only bytes behind its UDP length are missing.
    const padded = encodeIp(
      { ...RLOCS, ttl: 64, protocol: 17 },
      concatBytes(short.subarray(20), new Uint8Array(40)),
    );
    expect(errorsOf(packetOf(padded.subarray(0, padded.length - 10), true))).toMatchObject([
      { code: 'truncated' },
    ]);
  });

  it('nesting ends at a limit and says so', () => {
    let bytes = ECHO;
    for (let i = 0; i < 20; i++) bytes = encodeIp({ ...HOSTS, ttl: 64, protocol: 4 }, bytes);
    const packet = packetOf(bytes);
    expect(errorsOf(packet)).toMatchObject([{ code: 'too-deep' }]);
    expect([...layersOf(packet)].length).toBe(9);
  });

  it('offsets count from the base', () => {
    const read = decodePacket(lispPacket(hex('00')), 14);
    expect(read.ok && errorsOf(read.value)).toMatchObject([{ offset: 14 + 36 }]);
    expect(decodePacket(hex('00'), 14)).toMatchObject({ error: { offset: 14 } });
  });
});

describe('one line', () => {
  it.each([
    [ECHO, '192.168.1.1 > 4.4.4.4 ICMP echo request id 1 seq 2 ttl 255'],
    [
      lispPacket(ECHO),
      'LISP 10.0.1.2 > 10.0.1.1 | 192.168.1.1 > 4.4.4.4 ICMP echo request id 1 seq 2 ttl 255',
    ],
    [
      ECM_PACKET,
      '10.0.1.2 > 10.0.1.1 ECM Map-Request 4.4.4.4/32 from 192.168.1.1 itr-rloc 10.0.1.2 nonce 0x1122334455667788',
    ],
    [
      REPLY_PACKET,
      '10.0.1.1 > 10.0.1.2 Map-Reply 0.0.0.0/1 natively-forward ttl 15m nonce 0x1122334455667788',
    ],
    [
      ERROR_PACKET,
      '10.0.3.2 > 10.0.1.2 ICMP unreachable code 4 mtu 1400 about [10.0.1.2 > 10.0.1.1 LISP (cut) 0 bytes ttl 254] ttl 64',
    ],
    [FRAGMENT6, '2001:db8::1 > 2001:db8::2 UDP fragment id 77 offset 32 last 4 bytes ttl 9'],
    [
      lispPacket(hex('4500')),
      'LISP 10.0.1.2 > 10.0.1.1 | inner IP [malformed: truncated at byte 38 (ipv4.total-length)]',
    ],
    [encodeIp({ ...HOSTS, ttl: 3, protocol: 6 }, hex('00')), '192.168.1.1 > 4.4.4.4 TCP 1 byte ttl 3'],
  ])('packet %# is described as expected', (bytes, text) => {
    expect(line(bytes)).toBe(text);
  });

  it('the checksums of a quoted packet are nobody’s fault', () => {
    const quote = ECHO.slice();
    quote[10]! ^= 1;
    const bytes = buildIcmpPacket({ ...RLOCS, ttl: 64 }, { type: 'time-exceeded', code: 0, quote });
    expect(checksumErrorsOf(packetOf(bytes))).toEqual([]);
  });

  it('a wrong checksum is named', () => {
    for (const [at, what] of [
      [11, 'IP'],
      [27, 'UDP'],
    ] as const) {
      const broken = MAP_REQUEST_PACKET.slice();
      broken[at]! ^= 1;
      expect(line(broken)).toContain(`[bad ${what} checksum]`);
      expect(checksumErrorsOf(packetOf(broken)).length).toBe(1);
      expect(errorsOf(packetOf(broken))).toEqual([]);
    }
    const broken = ECHO.slice();
    broken[23]! ^= 1;
    expect(line(broken)).toContain('[bad ICMP checksum]');
  });
});

describe('tree', () => {
  it('names every field down to records and locators with its bytes', () => {
    const text = renderTree(describeTree(packetOf(REPLY_PACKET)), { ranges: true });
    for (const expected of [
      '    TTL: 15 minutes [40..44)',
      '    ACT, A: natively-forward, - [46..48)',
      '    EID: 0.0.0.0 [50..56)',
    ]) {
      expect(text.split('\n')).toContain(expected);
    }
  });

  it('a quoted packet hangs below the ICMP error', () => {
    const icmp = describeTree(packetOf(ERROR_PACKET)).at(-1)!;
    const quoted = icmp.children.find(({ label }) => label === 'Quoted packet')!;
    expect(quoted.children.map(({ label }) => label)).toEqual(['IPv4', 'UDP']);
  });

  it('leaves cover every byte of a well-formed packet exactly once', () => {
    for (const bytes of [D1, D2, D3, D4, ECHO, MAP_REQUEST_PACKET, ECM_PACKET, REPLY_PACKET, FRAGMENT6]) {
      const covered = new Array<number>(bytes.length).fill(0);
      for (const { start, end } of leaves(describeTree(packetOf(bytes)))) {
        for (let i = start; i < end; i++) covered[i]! += 1;
      }
      expect(covered, line(bytes)).toEqual(covered.map(() => 1));
    }
  });

  it('children lie inside their parents, in order', () => {
    for (const bytes of CORPUS) checkRanges(describeTree(packetOf(bytes)), 0, bytes.length);
  });
});

function leaves(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => (node.children.length === 0 ? [node] : leaves(node.children)));
}

function checkRanges(nodes: readonly TreeNode[], from: number, to: number): void {
  let at = from;
  for (const { start, end, children, label } of nodes) {
    if (start < at || end < start || end > to)
      throw new Error(`${label} [${start}..${end}) outside [${at}..${to})`);
    at = end;
    checkRanges(children, start, end);
  }
}

/** Everything that walks a decoded packet: the printers touch every accessor. */
function walk(bytes: Uint8Array): void {
  for (const cut of [false, true]) {
    const read = decodePacket(bytes, 0, cut);
    if (!read.ok) {
      expect(read.error.offset).toBeLessThanOrEqual(bytes.length);
      continue;
    }
    expect(describePacket(read.value).length).toBeGreaterThan(0);
    const tree = describeTree(read.value);
    checkRanges(tree, 0, bytes.length);
    expect(renderTree(tree, { ranges: true }).length).toBeGreaterThan(0);
    for (const { offset } of [...errorsOf(read.value), ...checksumErrorsOf(read.value)]) {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(bytes.length);
    }
  }
}

describe('hostile bytes', () => {
  it('10,000 random mutations never throw, and no range leaves the packet', () => {
    const random = new SeededRandom(20_251, 'packet mutations');
    for (let round = 0; round < 10_000; round++) {
      const bytes = CORPUS[random.u32() % CORPUS.length]!.slice();
      for (let changes = 1 + (random.u32() % 4); changes > 0; changes--) {
        bytes[random.u32() % bytes.length] =
          random.u32() % 3 === 0 ? [0, 1, 0x7f, 0x80, 0xff][random.u32() % 5]! : random.u32();
      }
      const kept = random.u32() % 4 === 0 ? bytes.subarray(0, random.u32() % (bytes.length + 1)) : bytes;
      try {
        walk(kept);
      } catch (problem) {
        throw new Error(`round ${round}: ${toHex(kept)}`, { cause: problem });
      }
    }
  });

  it('random bytes behind good headers never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120, size: 'max' }),
        payload,
        lispHeader,
        (bytes, data, header) => {
          walk(bytes);
          walk(lispPacket(data, header));
          walk(lispPacket(concatBytes(hex('45'), data)));
          walk(buildUdpPacket(CONTROL, data));
          walk(buildUdpPacket(CONTROL, concatBytes(hex('80000000'), data)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
