// Large frames into packets of the wire's size: byte by byte as in the model, and as other codecs read them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { sumWords } from '../../src/base/checksum.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import { MAX_FRAME_BYTES } from '../../src/engine/offloads.ts';
import type { OffloadFault, Offloads } from '../../src/engine/offloads.ts';
import { decodeIpv4 } from '../../src/wire/ipv4.ts';
import { pseudoHeaderSum } from '../../src/wire/udp.ts';
import { hex } from '../support/hex.ts';
import { OFFLOAD_BUILDS, offloadOf } from './offload-builds.ts';
import {
  ACK,
  arbitraryFrame,
  buildFrame,
  buildPacket,
  CWR,
  damage,
  FIN,
  PSH,
  virtioHeader,
  type PacketSpec,
} from './offload-packets.ts';

const model = new OffloadModel();
const planes: readonly (readonly [string, Offloads])[] = [
  ['Model', model],
  ...OFFLOAD_BUILDS.map((build) => [build, offloadOf(build)] as const),
];

/** Packets as text, or the fault. */
function outcome(plane: Offloads, frame: Uint8Array): readonly string[] | OffloadFault {
  const result = plane.split(frame);
  return result.ok ? result.value.map(toHex) : result.error;
}

function packetsOf(plane: Offloads, frame: Uint8Array): readonly Uint8Array[] {
  const result = plane.split(frame);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const text = (letters: string): Uint8Array => new TextEncoder().encode(letters);

describe.each(planes)('split (%s)', (_, plane) => {
  it('writes these bytes for five bytes of TCP in segments of two', () => {
    const frame = concatBytes(
      hex('01 81 2800 0200 1400 1000'),
      hex('45 03 002d ffff 4000 40 06 b6c1 c0000201 c0000202'),
      hex('03e8 0050 fffffffe 000001f4 50 99 0190 8412 0000'),
      text('hello'),
    );
    const ip = '4503002affff40004006';
    expect(outcome(plane, frame)).toHaveLength(3);
    const [first, second, third] = packetsOf(plane, frame).map(toHex);
    expect(first).toMatch(new RegExp(`^${ip}....c0000201c000020203e80050fffffffe000001f45090`));
    expect(second).toMatch(/^4503002a000040004006....c0000201c000020203e8005000000000000001f45010/);
    expect(third).toMatch(/^45030029000140004006....c0000201c000020203e8005000000002000001f45019/);
    expect([first, second, third].map((packet) => packet!.slice(80))).toEqual(['6865', '6c6c', '6f']);
  });

  it('keeps CWR for the first segment, FIN and PSH for the last, and counts id and sequence', () => {
    const fields: Partial<PacketSpec> = {
      id: 65_535,
      sequence: 0xffff_fffe,
      options: hex('0101080a 00000001 00000002'),
    };
    const frame = buildFrame({ ...fields, flags: ACK | CWR | FIN | PSH, payload: text('abcdefgh') }, 3);
    expect(outcome(plane, frame)).toEqual(
      [
        buildPacket({ ...fields, flags: ACK | CWR, payload: text('abc') }),
        buildPacket({ ...fields, id: 0, sequence: 1, flags: ACK, payload: text('def') }),
        buildPacket({ ...fields, id: 1, sequence: 4, flags: ACK | FIN | PSH, payload: text('gh') }),
      ].map(toHex),
    );
  });

  it('cuts UDP over IPv6 with an extension header into datagrams of their own', () => {
    const fields: Partial<PacketSpec> = { family: 6, protocol: 'udp', ipOptions: hex('01020304') };
    expect(outcome(plane, buildFrame({ ...fields, payload: text('abcde') }, 2))).toEqual(
      ['ab', 'cd', 'e'].map((part) => toHex(buildPacket({ ...fields, payload: text(part) }))),
    );
  });

  it('copies IPv4 options and the reserved bit into each packet', () => {
    const fields: Partial<PacketSpec> = { ipOptions: hex('94040000'), fragment: 0x8000, protocol: 'udp' };
    expect(outcome(plane, buildFrame({ ...fields, payload: text('abc') }, 2))).toEqual([
      toHex(buildPacket({ ...fields, payload: text('ab') })),
      toHex(buildPacket({ ...fields, id: 8, payload: text('c') })),
    ]);
  });

  it('makes one packet of a payload that is not larger than a segment, empty ones too', () => {
    for (const payload of [text('ab'), text('abc'), text('')]) {
      expect(outcome(plane, buildFrame({ payload }, 3))).toEqual([toHex(buildPacket({ payload }))]);
    }
  });

  it('does not take the hint of header bytes for more than a hint', () => {
    const frame = buildFrame({ payload: text('abc') }, 2);
    const wanted = outcome(plane, frame);
    for (const hint of [0, 20, frame.length - 10]) {
      frame[2] = hint;
      expect(outcome(plane, frame)).toEqual(wanted);
    }
    frame[2] = frame.length - 9;
    expect(outcome(plane, frame)).toBe('truncated');
  });

  it('finishes a checksum that was begun, wherever it is; 0 is written as 0xffff', () => {
    const packet = buildPacket({ payload: text('abc') });
    const begun = buildFrame({ payload: text('abc') }, 2);
    begun.set(virtioHeader(1, 0, 40, 0, 20, 16));
    expect(outcome(plane, begun)).toEqual([toHex(packet)]);
    expect(outcome(plane, concatBytes(virtioHeader(1, 0, 0, 0, 1, 2), hex('aa 1234 edcb 00')))).toEqual([
      'aa1234ffff00',
    ]);
    expect(outcome(plane, concatBytes(virtioHeader(1, 0, 0, 0, 1, 3), hex('aa 1234 edcb')))).toBe(
      'bad-checksum',
    );
  });

  it('leaves a packet alone that needs nothing, whatever it is', () => {
    expect(outcome(plane, concatBytes(virtioHeader(0, 0, 0, 9, 9, 9), text('any')))).toEqual([
      toHex(text('any')),
    ]);
    expect(outcome(plane, concatBytes(virtioHeader(2, 0, 0, 0, 0, 0), text('any')))).toEqual([
      toHex(text('any')),
    ]);
  });

  it('says what is wrong with a frame', () => {
    const good = buildFrame({ payload: text('abcd') }, 2);
    const v6 = buildFrame({ family: 6, payload: text('abcd') }, 2);
    const udp = buildFrame({ protocol: 'udp', payload: text('abcd') }, 2);
    const changed = (frame: Uint8Array, at: number, ...values: number[]): Uint8Array => {
      const copy = frame.slice();
      copy.set(values, at);
      return copy;
    };
    const cases: [string, Uint8Array, OffloadFault][] = [
      ['nothing', new Uint8Array(0), 'truncated'],
      ['no packet', new Uint8Array(10), 'truncated'],
      ['UFO', changed(good, 1, 3), 'bad-type'],
      ['ECN without TCP', changed(udp, 1, 0x85), 'bad-type'],
      ['ECN alone', changed(good, 1, 0x80), 'bad-type'],
      ['no segment size', changed(good, 4, 0, 0), 'bad-type'],
      ['checksum not wanted', changed(good, 0, 0), 'bad-checksum'],
      ['checksum from elsewhere', changed(good, 6, 22), 'bad-checksum'],
      ['checksum of UDP', changed(good, 8, 6), 'bad-checksum'],
      ['IPv6 as TCPv4', changed(v6, 1, 1), 'bad-header'],
      ['IPv4 as TCPv6', changed(good, 1, 4), 'bad-header'],
      ['TCP as UDP', changed(good, 1, 5), 'bad-protocol'],
      ['UDP as TCP', changed(udp, 1, 1), 'bad-protocol'],
      ['ICMP', changed(good, 10 + 9, 1), 'bad-protocol'],
      ['version 5', changed(good, 10, 0x55), 'bad-header'],
      ['IPv4 header of 16', changed(good, 10, 0x44), 'bad-header'],
      ['IPv4 header past the end', changed(buildFrame({}, 2), 10, 0x4f), 'bad-length'],
      ['IPv4 length', changed(good, 10 + 3, 45), 'bad-length'],
      ['IPv6 length', changed(v6, 10 + 5, 25), 'bad-length'],
      ['UDP length', changed(udp, 10 + 20 + 5, 11), 'bad-length'],
      ['more fragments', changed(good, 10 + 6, 0x20), 'fragment'],
      ['an offset', changed(good, 10 + 7, 1), 'fragment'],
      ['IPv6 fragment', changed(v6, 10 + 6, 44), 'fragment'],
      ['TCP header of 16', changed(good, 10 + 20 + 12, 0x40), 'bad-header'],
      ['TCP header past the end', changed(good, 10 + 20 + 12, 0xf0), 'truncated'],
      [
        'extension header past the end',
        changed(v6, 10 + 6, 0, 64, ...new Array<number>(33).fill(0), 200),
        'truncated',
      ],
      ['too many segments', buildFrame({ payload: new Uint8Array(2049) }, 1), 'no-slots'],
      ['too long', new Uint8Array(MAX_FRAME_BYTES + 1), 'no-room'],
    ];
    for (const [name, frame, fault] of cases) expect([name, outcome(plane, frame)]).toEqual([name, fault]);
  });

  it('fills packets that other codecs accept', () => {
    const payload = Uint8Array.from({ length: 65_535 - 52 }, (_, i) => i * 7);
    const frame = buildFrame({ options: new Uint8Array(12).fill(1), payload }, 1448);
    const packets = packetsOf(plane, frame).map((packet) => packet.slice());
    expect(packets).toHaveLength(46);
    const parts = packets.map((bytes) => {
      const packet = decodeIpv4(bytes);
      if (!packet.ok) throw new Error(packet.error.code);
      expect(packet.value.checksumOk).toBe(true);
      const { header, payload: tcp } = packet.value;
      expect(sumWords(tcp, pseudoHeaderSum(header, 6, tcp.length))).toBe(0xffff);
      return tcp.subarray(32);
    });
    expect(toHex(concatBytes(...parts))).toBe(toHex(payload));
  });
});

describe.each(OFFLOAD_BUILDS)('split, %s build and model', (build) => {
  const engine = offloadOf(build);

  it('make the same packets of any frame that a kernel makes', () => {
    fc.assert(
      fc.property(arbitraryFrame, (frame) => {
        const wanted = outcome(model, frame);
        expect(typeof wanted).toBe('object');
        expect(outcome(engine, frame)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('say the same of damaged frames', () => {
    const faults = new Set<string>();
    fc.assert(
      fc.property(arbitraryFrame, fc.nat(), (frame, seed) => {
        const damaged = damage(frame, seed);
        const wanted = outcome(model, damaged);
        if (typeof wanted === 'string') faults.add(wanted);
        expect(outcome(engine, damaged)).toEqual(wanted);
      }),
      { numRuns: 1500, seed: 1 },
    );
    // The damage reaches every check.
    expect([...faults].sort()).toEqual([
      'bad-checksum',
      'bad-header',
      'bad-length',
      'bad-protocol',
      'bad-type',
      'fragment',
      'truncated',
    ]);
  });

  it('say the same of noise behind a virtio_net_hdr that asks for something', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 4, 5, 0x81),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.uint8Array({ maxLength: 120 }),
        (type, fields, noise) => {
          const frame = concatBytes(Uint8Array.of(1, type), fields, noise);
          frame[3] = 0;
          frame[7] = 0;
          frame[9] = 0;
          expect(outcome(engine, frame)).toEqual(outcome(model, frame));
        },
      ),
      { numRuns: 500 },
    );
  });
});
