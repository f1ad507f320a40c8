// Packets of a flow put together: nothing is lost, nothing overtakes, and what the kernel would not put together stays
// alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import type { CoalesceOptions, Offloads, SuperFrame } from '../../src/engine/offloads.ts';
import { readHeaders } from '../../src/engine/model-offload-headers.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { ip } from '../../src/base/ip-text.ts';
import { hex } from '../support/hex.ts';
import { OFFLOAD_BUILDS, offloadOf } from './offload-builds.ts';
import {
  ACK,
  arbitraryFrame,
  buildFrame,
  buildPacket,
  CWR,
  ECE,
  FIN,
  makeBatch,
  PSH,
  RST,
  SYN,
  URG,
  type PacketSpec,
} from './offload-packets.ts';

const model = new OffloadModel();
const planes: readonly (readonly [string, Offloads])[] = [
  ['Model', model],
  ...OFFLOAD_BUILDS.map((build) => [build, offloadOf(build)] as const),
];
const NOTHING = new Uint8Array(10);

/** Copies: what comes back is valid until the next call. */
function framesOf(plane: Offloads, packets: readonly Uint8Array[], options?: CoalesceOptions): SuperFrame[] {
  const result = plane.coalesce(packets, options);
  if (!result.ok) throw new Error(result.error);
  return result.value.map((each) => ({ ...each, frame: each.frame.slice() }));
}

/** How many packets each frame has. */
function shape(plane: Offloads, packets: readonly Uint8Array[], options?: CoalesceOptions): number[] {
  return framesOf(plane, packets, options).map((each) => each.packets);
}

function splitAll(plane: Offloads, frames: readonly SuperFrame[]): Uint8Array[] {
  return frames.flatMap(({ frame }) => {
    const result = plane.split(frame);
    if (!result.ok) throw new Error(result.error);
    return result.value.map((packet) => packet.slice());
  });
}

const text = (letters: string): Uint8Array => new TextEncoder().encode(letters);

/** Packets of one flow that fit one after the other, 4 bytes each, with what differs. */
function train(count: number, ...differences: (Partial<PacketSpec> | undefined)[]): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    buildPacket({ id: 7 + i, sequence: 1000 + 4 * i, payload: text('abcd'), ...differences[i] }),
  );
}

describe.each(planes)('coalesce (%s)', (_, plane) => {
  it('makes of consecutive packets the frame that a kernel would have sent', () => {
    const payload = text('abcdabcdab');
    const frame = buildFrame({ payload, flags: ACK | PSH }, 4);
    const packets = train(3, {}, {}, { payload: text('ab'), flags: ACK | PSH });
    expect(framesOf(plane, packets)).toEqual([{ frame, packets: 3, first: 0 }]);
  });

  it('gives a packet alone a virtio_net_hdr of zeros', () => {
    for (const packet of [buildPacket({ payload: text('x') }), text('noise'), new Uint8Array(0)]) {
      expect(framesOf(plane, [packet])).toEqual([
        { frame: concatBytes(NOTHING, packet), packets: 1, first: 0 },
      ]);
    }
  });

  it('does not put together what differs in a field that one header cannot tell twice', () => {
    const tcp: Partial<PacketSpec>[] = [
      { ttl: 63 },
      { tos: 1 },
      { fragment: 0 },
      { id: 9 },
      { id: 7 },
      { window: 401 },
      { acknowledgement: 501 },
      { sequence: 1005 },
      { sequence: 1003 },
      { urgent: 1 },
      { options: hex('01010101') },
      { flags: ACK | ECE },
      { flags: ACK | CWR },
      { flags: ACK | URG },
      { flags: ACK | SYN },
      { flags: RST },
      { payload: text('abcde') },
      { payload: text('') },
      { ipOptions: hex('01010101') },
      { source: 9 },
      { destinationPort: 81 },
      { protocol: 'udp' },
    ];
    for (const second of tcp) expect([second, shape(plane, train(2, {}, second))]).toEqual([second, [1, 1]]);
    const v6 = { family: 6 } as const;
    for (const second of [{ flowLabel: 1 }, { tos: 1 }, { ttl: 9 }, { ipOptions: hex('01010101') }]) {
      expect([second, shape(plane, train(2, v6, { ...v6, ...second }))]).toEqual([second, [1, 1]]);
    }
  });

  it('does not put together packets that are odd in the same way', () => {
    const odd: Partial<PacketSpec>[] = [
      { flags: ACK | URG },
      { flags: ACK | SYN },
      { flags: RST },
      { flags: ACK | CWR },
      { flags: ACK | PSH },
      { fragment: 0xc000 },
      { ipOptions: hex('01010101') },
      { protocol: 'udp', noChecksum: true },
    ];
    for (const both of odd) expect([both, shape(plane, train(2, both, both))]).toEqual([both, [1, 1]]);
  });

  it('puts together segments with ECE, without ACK, with equal options and extension headers', () => {
    const like: Partial<PacketSpec>[] = [
      { flags: ACK | ECE },
      { flags: 0 },
      { fragment: 0 },
      { options: hex('0101080a 00000001 00000002') },
      { family: 6, ipOptions: hex('01020304'), flowLabel: 0xfffff, tos: 0xff },
      { protocol: 'udp' },
      { protocol: 'udp', family: 6 },
    ];
    for (const both of like) expect([both, shape(plane, train(2, both, both))]).toEqual([both, [2]]);
    expect(shape(plane, train(2, { flags: ACK | CWR }, {}))).toEqual([2]);
  });

  it('ends a frame with PSH, FIN or a shorter segment', () => {
    expect(shape(plane, train(4, {}, { flags: ACK | PSH }))).toEqual([2, 2]);
    expect(shape(plane, train(4, {}, { flags: ACK | FIN }))).toEqual([2, 2]);
    expect(
      shape(plane, train(4, {}, { payload: text('abc') }, { sequence: 1007 }, { sequence: 1011 })),
    ).toEqual([2, 2]);
    expect(shape(plane, train(4, { flags: ACK | PSH }))).toEqual([1, 3]);
  });

  it('ends a frame before 64 KiB, and UDP after 64 datagrams', () => {
    const size = 16_000;
    const large = Array.from({ length: 5 }, (_, i) =>
      buildPacket({ id: 7 + i, sequence: 1000 + size * i, payload: new Uint8Array(size) }),
    );
    expect(shape(plane, large)).toEqual([4, 1]);
    const udp = Array.from({ length: 130 }, (_, i) =>
      buildPacket({ protocol: 'udp', id: 7 + i, payload: text('x') }),
    );
    expect(shape(plane, udp)).toEqual([64, 64, 2]);
  });

  it('does not touch a packet whose checksum is wrong, or not what a sender writes', () => {
    for (const at of [10, 20 + 16, 20 + 20]) {
      const packets = train(3);
      packets[1]![at]! ^= 1;
      expect([at, shape(plane, packets)]).toEqual([at, [1, 1, 1]]);
      expect(splitAll(plane, framesOf(plane, packets)).map(toHex)).toEqual(packets.map(toHex));
    }
  });

  it('takes a checksum that comes to zero as its protocol writes it', () => {
    for (const protocol of ['tcp', 'udp'] as const) {
      const fields = { protocol, id: 8, sequence: 1004 } as const;
      const sum = buildPacket({ ...fields, payload: hex('0000') }).subarray(20);
      const at = protocol === 'tcp' ? 16 : 6;
      const zero = buildPacket({ ...fields, payload: sum.slice(at, at + 2) });
      const first = buildPacket({ protocol, payload: text('abcd') });
      expect(toHex(zero.subarray(20 + at, 22 + at))).toBe(protocol === 'tcp' ? '0000' : 'ffff');
      expect(shape(plane, [first, zero])).toEqual([2]);
      zero.fill(protocol === 'tcp' ? 0xff : 0, 20 + at, 22 + at);
      expect(shape(plane, [first, zero])).toEqual([1, 1]);
    }
    // The same of the IPv4 header: here the identification makes it zero.
    const field = (packet: Uint8Array): number => (packet[10]! << 8) | packet[11]!;
    const zero = field(buildPacket({ id: 0, payload: text('abcd') }));
    const packets = [zero - 1, zero].map((each, i) =>
      buildPacket({ id: each, sequence: 1000 + 4 * i, payload: text('abcd') }),
    );
    expect(field(packets[1]!)).toBe(0);
    expect(shape(plane, packets)).toEqual([2]);
    packets[1]!.fill(0xff, 10, 12);
    expect(shape(plane, packets)).toEqual([1, 1]);
  });

  it('has an option for UDP', () => {
    const udp = train(2, { protocol: 'udp' }, { protocol: 'udp' });
    expect(shape(plane, udp, { udp: true })).toEqual([2]);
    expect(shape(plane, udp, { udp: false })).toEqual([1, 1]);
    expect(shape(plane, train(2), { udp: false })).toEqual([2]);
  });

  it('has an option for packets with DF and one identification: they come back counting up', () => {
    const same = train(3, {}, { id: 7 }, { id: 7 });
    expect(shape(plane, same)).toEqual([1, 1, 1]);
    const frames = framesOf(plane, same, { fixedIds: true });
    expect(frames.map((each) => each.packets)).toEqual([3]);
    expect(splitAll(plane, frames).map(toHex)).toEqual(train(3).map(toHex));
    const withoutDf = train(2, { fragment: 0 }, { fragment: 0, id: 7 });
    expect(shape(plane, withoutDf, { fixedIds: true })).toEqual([1, 1]);
    expect(shape(plane, train(3, {}, { id: 7 }), { fixedIds: true })).toEqual([2, 1]);
    expect(shape(plane, train(3), { fixedIds: true })).toEqual([3]);
  });

  it('keeps flows apart that come by turns', () => {
    const one = train(3);
    const other = train(3, { sourcePort: 5 }, { sourcePort: 5 }, { sourcePort: 5 });
    const packets = [one[0]!, other[0]!, one[1]!, other[1]!, other[2]!, one[2]!];
    expect(framesOf(plane, packets).map((each) => [each.packets, each.first])).toEqual([
      [3, 0],
      [3, 1],
    ]);
  });

  it('lets nothing overtake a packet of its flow, nor one that may be', () => {
    const [a, b, c] = train(3) as [Uint8Array, Uint8Array, Uint8Array];
    const between = (odd: Uint8Array): number[] => shape(plane, [a, odd, b, c]);
    const addresses = { source: ip('192.0.2.1'), destination: ip('192.0.2.2'), ttl: 64 };
    const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(4) } as const;
    // Of the flow, of the two hosts, of nobody knows whom.
    expect(between(buildPacket({ id: 50 }))).toEqual([1, 1, 2]);
    expect(between(buildIcmpPacket(addresses, echo))).toEqual([1, 1, 2]);
    expect(between(buildPacket({ fragment: 0x2000 }))).toEqual([1, 1, 2]);
    expect(between(text('noise'))).toEqual([1, 1, 2]);
    // Of others.
    expect(between(buildPacket({ sourcePort: 9, id: 50 }))).toEqual([3, 1]);
    expect(between(buildIcmpPacket({ ...addresses, source: ip('192.0.2.9') }, echo))).toEqual([3, 1]);
    expect(between(buildPacket({ family: 6, fragment: 1 }))).toEqual([3, 1]);
  });

  it('takes 256 packets of 512 KiB, and says so', () => {
    const packet = buildPacket({});
    expect(shape(plane, new Array<Uint8Array>(256).fill(packet))).toHaveLength(256);
    expect(shape(plane, [])).toEqual([]);
    expect(plane.coalesce(new Array<Uint8Array>(257).fill(packet))).toEqual({ ok: false, error: 'no-slots' });
    const large = new Array<Uint8Array>(9).fill(new Uint8Array(60_000));
    expect(plane.coalesce(large)).toEqual({ ok: false, error: 'no-room' });
    expect(plane.coalesce([new Uint8Array(65_536)])).toEqual({ ok: false, error: 'no-room' });
  });
});

describe.each(planes)('split and coalesce (%s)', (name, plane) => {
  // The model splits every frame that it tries.
  const numRuns = name === 'Model' ? 40 : 200;

  it('give back the frame that was split', () => {
    fc.assert(
      fc.property(arbitraryFrame, (frame) => {
        const packets = plane.split(frame);
        if (!packets.ok) throw new Error(packets.error);
        const copies = packets.value.map((packet) => packet.slice());
        expect(framesOf(plane, copies).map((each) => toHex(each.frame))).toEqual([toHex(frame)]);
      }),
      { numRuns },
    );
  });

  it('give back the packets that were coalesced, byte by byte, in order within each flow', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 5, 30), (seed, oddities) => {
        // A frame has at least one byte.
        const packets = makeBatch(seed, oddities).filter(({ length }) => length > 0);
        const back = splitAll(plane, framesOf(plane, packets));
        const byFlow = (all: readonly Uint8Array[]): string => {
          const flows = new Map<string, string[]>();
          for (const packet of all) {
            const flow = flowOf(packet);
            flows.set(flow, [...(flows.get(flow) ?? []), toHex(packet)]);
          }
          return JSON.stringify([...flows].sort());
        };
        expect(byFlow(back)).toBe(byFlow(packets));
      }),
      { numRuns },
    );
  });
});

/** Addresses, protocol and ports, as far as there are any. */
function flowOf(packet: Uint8Array): string {
  const { family, protocol, transport } = readHeaders(packet);
  if (family === 0) return '';
  const pair = toHex(family === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40));
  return `${pair} ${protocol} ${protocol === 0 ? '' : toHex(packet.subarray(transport, transport + 4))}`;
}

describe.each(OFFLOAD_BUILDS)('coalesce, %s build and model', (build) => {
  const engine = offloadOf(build);

  it('make the same frames of any batch, with any options', () => {
    let [packets, frames] = [0, 0];
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(0, 5, 30),
        fc.record({ udp: fc.boolean(), fixedIds: fc.boolean() }),
        (seed, oddities, options) => {
          const batch = makeBatch(seed, oddities);
          const got = framesOf(engine, batch, options);
          packets += batch.length;
          frames += got.length;
          const asText = (all: readonly SuperFrame[]): string[] =>
            all.map((each) => `${each.first} ${each.packets} ${toHex(each.frame)}`);
          expect(asText(got)).toEqual(asText(framesOf(model, batch, options)));
        },
      ),
      { numRuns: 120 },
    );
    // Else the batches say little.
    expect(frames).toBeLessThan(packets * 0.8);
  });
});
