// RIP version 2: the laws of a codec, a message by hand, and what a whole packet shows of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, Writer } from '../../src/base/bytes.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { formatPrefix, ip } from '../../src/base/ip-text.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { describeTree } from '../../src/wire/describe-tree.ts';
import { formatFieldValue } from '../../src/wire/field.ts';
import { findField } from '../../src/wire/field-table.ts';
import { decodePacket, errorsOf, layersOf } from '../../src/wire/packet.ts';
import { fieldsOf } from '../../src/wire/packet-fields.ts';
import { PcapngWriter } from '../../src/wire/pcapng-writer.ts';
import {
  decodeRip,
  describeRip,
  encodeRip,
  encodeRipTo,
  isWholeTableRequest,
  RIP_ENTRY_BYTES,
  RIP_GROUP,
  RIP_HEADER_BYTES,
  ripBytes,
  ripPrefix,
  type RipMessage,
  type RipRoute,
} from '../../src/wire/rip.ts';
import { renderTree } from '../../src/wire/tree.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { anyRip } from '../support/gen-rip.ts';
import { hex } from '../support/hex.ts';
import { reencode } from '../support/reencode.ts';
import { runTshark } from '../support/run-tshark.ts';
import { skipReason } from '../support/tools.ts';

const RUNS = process.env['PXTR_LONG'] === '1' ? 20_000 : 300;
const MUTATIONS = process.env['PXTR_LONG'] === '1' ? 1_000_000 : 10_000;

function decodeOk(bytes: Uint8Array): RipMessage {
  const result = decodeRip(bytes);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)} ${toHex(bytes)}`);
  return result.value;
}

/** In an IP packet from a router to its neighbours. */
function packetOf(payload: Uint8Array): Uint8Array {
  const ends = { source: ip('10.0.3.1'), destination: RIP_GROUP, sourcePort: 520, destinationPort: 520 };
  return buildUdpPacket({ ...ends, ttl: 1, checksum: 'compute' }, payload);
}

/** RFC 2453 §4, Figure: one route, and an entry of authentication before it. */
const SAMPLE = hex(
  '02020000 ffff0002 73656372 65740000 00000000 00000000' + '00020007 c0a80000 ffff0000 0a000302 00000003',
);

describe('laws', () => {
  it('decode(encode(x)) = x', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        expect(decodeOk(encodeRip(message))).toEqual(message);
      }),
      { numRuns: RUNS },
    );
  });

  it('encode(decode(b)) = b, for every b that is a message', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        const bytes = encodeRip(message);
        expect(bytes.length).toBe(ripBytes(message));
        expect(toHex(encodeRip(decodeOk(bytes)))).toBe(toHex(bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it('encoding after other bytes in a dirty buffer gives the same bytes', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        const clean = encodeRip(message);
        const w = new Writer(3 + clean.length);
        for (let i = 0; i < 3 + clean.length; i++) w.patchU8(i, 0xa5);
        w.bytes(Uint8Array.of(9, 9, 9));
        encodeRipTo(w, message);
        expect(toHex(w.view(3))).toBe(toHex(clean));
      }),
      { numRuns: RUNS },
    );
  });

  it('a strict prefix is truncated with an offset inside it, or, cut between entries, a shorter message', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        const bytes = encodeRip(message);
        for (let length = 0; length < bytes.length; length++) {
          const result = decodeRip(bytes.subarray(0, length), 100);
          const entries = (length - RIP_HEADER_BYTES) / RIP_ENTRY_BYTES;
          if (Number.isInteger(entries) && entries >= 0) {
            expect(result).toEqual({
              ok: true,
              value: { ...message, entries: message.entries.slice(0, entries) },
            });
          } else {
            if (result.ok) throw new Error(`${length} bytes were taken`);
            expect(result.error.code).toBe('truncated');
            expect(result.error.offset).toBeGreaterThanOrEqual(100);
            expect(result.error.offset).toBeLessThanOrEqual(100 + length);
          }
        }
      }),
      { numRuns: Math.min(RUNS, 200) },
    );
  });

  it('random bytes never throw', () => {
    const random = new SeededRandom(2453, 'rip');
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = Uint8Array.from({ length: random.u32() % 90 }, () => random.u32());
      const result = decodeRip(bytes);
      if (result.ok) expect(describeRip(result.value)).not.toBe('');
    }
  });

  it('describe is total: one line', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        expect(describeRip(message)).toMatch(/^[^\n]+$/);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a message by hand', () => {
  const route: RipRoute = {
    kind: 'route',
    afi: 2,
    tag: 7,
    address: ip('192.168.0.0'),
    mask: 0xffff_0000,
    nextHop: ip('10.0.3.2'),
    metric: 3,
  };

  it('has the values that its bytes say', () => {
    expect(decodeOk(SAMPLE)).toEqual({
      command: 2,
      version: 2,
      reserved: 0,
      entries: [
        { kind: 'authentication', authenticationType: 2, data: hex('73656372657400000000000000000000') },
        route,
      ],
    });
  });

  it('a password is not printed', () => {
    expect(describeRip(decodeOk(SAMPLE))).toBe(
      'RIPv2 response authentication type 2, 192.168.0.0/16 via 10.0.3.2 metric 3 tag 7',
    );
  });

  it('the request for the whole table is one entry without a family and of metric 16, and no other', () => {
    const request = hex('01020000 0000000000000000000000000000000000000010');
    expect(isWholeTableRequest(decodeOk(request))).toBe(true);
    expect(describeRip(decodeOk(request))).toBe('RIPv2 request for the whole table');
    for (const [at, value] of [
      [0, 2],
      [5, 2],
      [23, 15],
    ] as const) {
      const other = request.slice();
      other[at] = value;
      expect(isWholeTableRequest(decodeOk(other))).toBe(false);
    }
    expect(isWholeTableRequest(decodeOk(concatBytes(request, request.subarray(4))))).toBe(false);
  });

  it.each([
    [0xffff_0000, '192.168.0.0/16'],
    [0xffff_ffff, '192.168.0.0/32'],
    [0, '0.0.0.0/0'],
    [0xff00_ff00, undefined],
    [1, undefined],
  ])('mask %i gives %s', (mask, text) => {
    const at = ripPrefix({ ...route, mask });
    expect(at && formatPrefix(at)).toBe(text);
  });
});

describe('in a packet', () => {
  const packet = packetOf(SAMPLE);
  const read = decodePacket(packet);
  if (!read.ok) throw new Error('unreadable');
  const layers = [...layersOf(read.value)];

  it('is a layer of its own, and is built again as it was', () => {
    expect(layers.map(({ kind }) => kind)).toEqual(['ip', 'udp', 'rip']);
    expect(toHex(reencode(read.value, packet))).toBe(toHex(packet));
    expect(describePacket(read.value)).toBe(
      '10.0.3.1 > 224.0.0.9 RIPv2 response authentication type 2, 192.168.0.0/16 via 10.0.3.2 metric 3 tag 7 ttl 1',
    );
  });

  it('is malformed when an entry ends early', () => {
    const cut = decodePacket(packetOf(SAMPLE.subarray(0, 30)));
    expect(cut.ok && errorsOf(cut.value)).toEqual([{ code: 'truncated', offset: 28 + 28, field: 'rip.ip' }]);
  });

  it('has a tree whose parts lie side by side and cover all of its bytes', () => {
    const tree = describeTree(read.value).at(-1)!;
    expect(renderTree([tree], { ranges: true }).split('\n')).toEqual([
      'RIP: RIPv2 response authentication type 2, 192.168.0.0/16 via 10.0.3.2 metric 3 tag 7 [28..72)',
      '  Command: 2 response [28..29)',
      '  Version: 2 [29..30)',
      '  Must be zero: 0 [30..32)',
      '  Authentication: authentication type 2 [32..52)',
      '    Address family: 65535 [32..34)',
      '    Type: 2 [34..36)',
      '    Data: 73656372657400000000000000000000 [36..52)',
      '  Route: 192.168.0.0/16 via 10.0.3.2 metric 3 tag 7 [52..72)',
      '    Address family: 2 [52..54)',
      '    Route tag: 7 [54..56)',
      '    Address: 192.168.0.0 [56..60)',
      '    Mask: 255.255.0.0 [60..64)',
      '    Next hop: 10.0.3.2 [64..68)',
      '    Metric: 3 [68..72)',
    ]);
  });

  it('every field is in the field table with its kind and lies inside the layer', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        const bytes = packetOf(encodeRip(message));
        const whole = decodePacket(bytes);
        if (!whole.ok) throw new Error('unreadable');
        for (const { name, value, start, end } of fieldsOf(whole.value, bytes)) {
          expect(findField(name)?.kind, name).toBe(value.kind);
          expect(start <= end && end <= bytes.length, name).toBe(true);
          expect(formatFieldValue(value)).not.toBe('');
        }
      }),
      { numRuns: 50 },
    );
  });
});

const reason = skipReason('tshark');

describe.skipIf(reason !== undefined)('tshark', () => {
  it('reads the same fields and finds nothing malformed', () => {
    const messages = fc
      .sample(anyRip, { numRuns: 200, seed: 520 })
      // Of other commands and versions tshark reads no entries, and of authentication other fields.
      .map((message): RipMessage => ({
        ...message,
        command: 1 + (message.command % 2),
        version: 2,
        reserved: 0,
        entries: message.entries.filter(
          (entry) => entry.kind === 'route' && entry.afi === 2 && entry.metric <= 16,
        ),
      }))
      .filter(({ entries }) => entries.length > 0);
    expect(messages.length).toBeGreaterThan(20);
    const writer = new PcapngWriter();
    writer.addInterface('link', 101);
    messages.forEach((message, i) => writer.packet(0, i, packetOf(encodeRip(message))));
    const file = writer.finishCopy();
    expect(runTshark(file, '-Y', '_ws.malformed || _ws.expert.severity >= 0x800000')).toBe('');
    const names = ['rip.command', 'rip.version', 'rip.family', 'rip.route_tag', 'rip.ip', 'rip.netmask'];
    const all = [...names, 'rip.next_hop', 'rip.metric'];
    const read = runTshark(file, '-T', 'fields', ...all.flatMap((name) => ['-e', name]))!;
    const ours = messages.map((message) => {
      const bytes = packetOf(encodeRip(message));
      const whole = decodePacket(bytes);
      if (!whole.ok) throw new Error('unreadable');
      const fields = fieldsOf(whole.value, bytes);
      return all.map((name) =>
        fields
          .filter((field) => field.name === name)
          .map(({ value }) => (value.kind === 'number' ? String(value.number) : formatFieldValue(value)))
          .join(','),
      );
    });
    expect(
      read
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')),
    ).toEqual(ours);
  });
});
