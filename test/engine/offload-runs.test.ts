// Encapsulated packets as one send with UDP_SEGMENT: a kernel that cuts the payload and makes the outer headers sends
// the packets that went in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { hostPrefix } from '../../src/base/ip.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { ACTION_FORWARD, POLICY_ITR_SOURCE, VERDICT_ENCAP } from '../../src/engine/codes.ts';
import type { NextHop } from '../../src/engine/data-plane.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import type { DatagramRun, Offloads } from '../../src/engine/offloads.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import { hex } from '../support/hex.ts';
import { makeEngine } from './engine-builds.ts';
import { OFFLOAD_BUILDS, offloadOf } from './offload-builds.ts';
import { buildFrame, buildPacket, makeBatch, type PacketSpec } from './offload-packets.ts';

const model = new OffloadModel();
const planes: readonly (readonly [string, Offloads])[] = [
  ['Model', model],
  ...OFFLOAD_BUILDS.map((build) => [build, offloadOf(build)] as const),
];

function runsOf(plane: Offloads, packets: readonly Uint8Array[]): readonly DatagramRun[] {
  const result = plane.runs(packets);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const shape = (plane: Offloads, packets: readonly Uint8Array[]): number[] =>
  runsOf(plane, packets).map(({ payloads }) => payloads.length);

const asText = (runs: readonly DatagramRun[]): string[] =>
  runs.map(
    ({ payloads, segmentBytes, outerBytes, outer }) =>
      `${segmentBytes} ${outerBytes} ${toHex(outer)} ${payloads.map(toHex).join()}`,
  );

/** Outer packets to one locator without a UDP checksum, with what differs; `bytes` of payload each. */
function outers(bytes: number, ...differences: Partial<PacketSpec>[]): Uint8Array[] {
  return differences.map((difference, i) =>
    buildPacket({
      protocol: 'udp',
      noChecksum: true,
      destinationPort: 4341,
      id: 99 * i,
      payload: new Uint8Array(bytes).fill(i),
      ...difference,
    }),
  );
}

describe.each(planes)('runs (%s)', (_, plane) => {
  it('are equal payloads to one locator, the last one perhaps shorter', () => {
    const packets = outers(40, {}, {}, { payload: new Uint8Array(9) }, {}, { payload: new Uint8Array(41) });
    expect(
      runsOf(plane, packets).map((run) => [run.payloads.length, run.segmentBytes, run.outerBytes]),
    ).toEqual([
      [3, 40, 28],
      [1, 40, 28],
      [1, 41, 28],
    ]);
    expect(toHex(runsOf(plane, packets)[0]!.outer)).toBe(toHex(packets[0]!.subarray(0, 28)));
    expect(runsOf(plane, outers(40, { family: 6 }, { family: 6 }))[0]!.outerBytes).toBe(48);
  });

  it('end where a socket would have to be told something else', () => {
    const others: Partial<PacketSpec>[] = [
      { ttl: 63 },
      { tos: 4 },
      { fragment: 0 },
      { sourcePort: 1 },
      { destination: 9 },
      { noChecksum: false },
    ];
    for (const other of others) expect([other, shape(plane, outers(8, {}, other))]).toEqual([other, [1, 1]]);
    for (const other of [{ flowLabel: 1 }, { ttl: 63 }, { tos: 4 }]) {
      expect(shape(plane, outers(8, { family: 6 }, { family: 6, ...other }))).toEqual([1, 1]);
    }
    expect(shape(plane, outers(8, { noChecksum: false }, { noChecksum: false }))).toEqual([2]);
  });

  it('leave packets as they are that a UDP socket does not make', () => {
    const odd = [
      ...outers(
        8,
        { protocol: 'tcp' },
        { fragment: 0x2000 },
        { fragment: 0x8000 },
        { ipOptions: hex('01010101') },
      ),
      ...outers(8, { family: 6, ipOptions: hex('01010101') }, { payload: new Uint8Array(0) }),
      hex('00'),
    ];
    const wrong = outers(8, {})[0]!;
    wrong[10]! ^= 1;
    for (const packet of [...odd, wrong]) {
      expect(asText(runsOf(plane, [packet]))).toEqual([`0 0  ${toHex(packet)}`]);
    }
  });

  it('have at most 64 datagrams and 65,507 bytes', () => {
    expect(shape(plane, outers(9, ...new Array<object>(130).fill({})))).toEqual([64, 64, 2]);
    expect(shape(plane, outers(1400, ...new Array<object>(60).fill({})))).toEqual([46, 14]);
    expect(shape(plane, outers(65_507, {}))).toEqual([1]);
  });

  it('keep the order to each locator, and gather what comes by turns', () => {
    const packets = outers(8, {}, { destination: 9 }, {}, { destination: 9 });
    expect(shape(plane, packets)).toEqual([2, 2]);
    const noise = [...packets.slice(0, 2), hex('00'), ...packets.slice(2)];
    expect(shape(plane, noise)).toEqual([1, 1, 1, 1, 1]);
  });

  it('carry a large frame from split through an engine', () => {
    const engine = makeEngine('release');
    const nextHop: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('10.0.1.1'), mtu: 1500 };
    const target = { source: ip('10.0.1.2'), destination: ip('10.0.2.2'), priority: 1, weight: 100, nextHop };
    engine.setRoute(0, hostPrefix(ip('10.0.1.2')), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
    engine.setRoute(0, cidr('0.0.0.0/0'), nextHop);
    engine.setPolicy(eidPrefix(cidr('192.0.2.1/32')), POLICY_ITR_SOURCE);
    engine.setEntry({ eid: eidPrefix(cidr('192.0.2.2/32')), action: ACTION_FORWARD, targets: [target] });
    engine.publish();
    const segments = plane.split(buildFrame({ payload: new Uint8Array(60_000).fill(1) }, 1400));
    if (!segments.ok) throw new Error(segments.error);
    for (const packet of segments.value) engine.inject(packet, { interfaceIndex: 0 });
    engine.process();
    const packets: Uint8Array[] = [];
    engine.collect(({ verdict }, bytes) => {
      expect(verdict).toBe(VERDICT_ENCAP);
      packets.push(bytes.slice());
    });
    expect(runsOf(plane, packets).map((run) => [run.payloads.length, run.segmentBytes])).toEqual([
      [43, 1448],
    ]);
  });
});

describe.each(OFFLOAD_BUILDS)('runs, %s build and model', (build) => {
  it('are the same of any batch', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 5, 30), (seed, oddities) => {
        const packets = makeBatch(seed, oddities);
        const got = asText(runsOf(offloadOf(build), packets));
        expect(got).toEqual(asText(runsOf(model, packets)));
      }),
      { numRuns: 150 },
    );
  });

  it('have all bytes of all packets', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const packets = makeBatch(seed, 20);
        const sent = runsOf(offloadOf(build), packets).flatMap(({ payloads }) => payloads.map(toHex));
        // A short payload may be the end of other packets too: the longest take theirs first, each the shortest that ends so.
        const left = packets.map(toHex).sort((a, b) => a.length - b.length);
        for (const payload of sent.sort((a, b) => b.length - a.length)) {
          const at = left.findIndex((packet) => packet.endsWith(payload));
          expect(at).toBeGreaterThanOrEqual(0);
          left.splice(at, 1);
        }
        expect(left).toEqual([]);
      }),
    );
  });
});
