/**
 * Offloads: a TCP packet of 64 KiB to segments and back, and runs of encapsulated datagrams. 'in place' is the engine's
 * work on bytes that lie in its memory already, as those of a Linux router do; 'Engine' copies them in first; 'copy'
 * only does that.
 */
import { concatBytes } from '../src/base/bytes.ts';
import { checksum, fold, sumWords } from '../src/base/checksum.ts';
import { ip } from '../src/base/ip-text.ts';
import { SeededRandom } from '../src/base/random.ts';
import { OffloadModel } from '../src/engine/model-offload.ts';
import type { Offload } from '../src/engine/offload.ts';
import type { Offloads } from '../src/engine/offloads.ts';
import { encodeIp } from '../src/wire/ip-packet.ts';
import { buildUdpPacket, pseudoHeaderSum } from '../src/wire/udp.ts';
import { openOffload } from './engine.ts';
import type { Case, Contender, Suite } from './runner.ts';

/** Payload of a segment: 1500 bytes with IPv4, TCP and the timestamps option. */
const SEGMENT = 1448;
const SEGMENTS = 45;
const TIMESTAMPS = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
const MAX_BATCH = 256;

export const offloadSuite: Suite = {
  name: 'offload',
  cases: (seed) => {
    const random = new SeededRandom(seed, 'offload');
    return [
      splitCase(random, SEGMENT),
      splitCase(random, 100),
      coalesceCase('45 segments of one flow', train(random, 1, SEGMENT, SEGMENTS)),
      coalesceCase('256 segments of 16 flows by turns', train(random, 16, SEGMENT, MAX_BATCH)),
      coalesceCase('256 acknowledgements of 16 flows', train(random, 16, 0, MAX_BATCH)),
      runsCase('45 encapsulated segments', datagrams(random, 1, SEGMENT, SEGMENTS)),
      runsCase('256 small datagrams to 16 locators by turns', datagrams(random, 16, 82, MAX_BATCH)),
    ];
  },
};

function splitCase(random: SeededRandom, segment: number): Case {
  const packets = train(random, 1, segment, Math.floor((SEGMENT * SEGMENTS) / segment));
  const frame = frameOf(packets);
  const offload = openOffload();
  return offloadCase(`split 64 KiB into segments of ${segment}`, packets, offload, {
    load: () => void offload.load(frame),
    inPlace: () => offload.splitLoaded(frame.length),
    whole: (plane) => sizeOf(plane.split(frame)),
    outcome: (plane) => asText(plane.split(frame)),
    wanted: asText({ ok: true, value: packets }),
  });
}

function coalesceCase(name: string, packets: readonly Uint8Array[]): Case {
  const offload = openOffload();
  return offloadCase(`coalesce ${name}`, packets, offload, {
    load: () => void offload.loadBatch(packets),
    inPlace: () => offload.coalesceLoaded(packets.length),
    whole: (plane) => sizeOf(plane.coalesce(packets)),
    outcome: (plane) => asText(plane.coalesce(packets)),
  });
}

function runsCase(name: string, packets: readonly Uint8Array[]): Case {
  const offload = openOffload();
  return offloadCase(`runs of ${name}`, packets, offload, {
    load: () => void offload.loadBatch(packets),
    inPlace: () => offload.runsLoaded(packets.length),
    whole: (plane) => sizeOf(plane.runs(packets)),
    outcome: (plane) => asText(plane.runs(packets)),
  });
}

interface Work {
  readonly load: () => void;
  readonly inPlace: () => number;
  readonly whole: (plane: Offloads) => number;
  readonly outcome: (plane: Offloads) => string;
  /** What both must come to; the model's word alone when it is left out. */
  readonly wanted?: string;
}

function offloadCase(name: string, packets: readonly Uint8Array[], offload: Offload, work: Work): Case {
  const model = new OffloadModel();
  const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
  const contenders: Contender[] = [
    { name: 'Model', run: () => work.whole(model) },
    {
      name: 'copy',
      run: () => {
        work.load();
        return bytes;
      },
    },
    { name: 'Engine', run: () => work.whole(offload) },
    { name: 'Engine in place', run: work.inPlace },
  ];
  return {
    name,
    unit: 'packet',
    operations: packets.length,
    bytes,
    baseline: 'Model',
    contenders,
    gate: () => {
      const wanted = work.wanted ?? work.outcome(model);
      if (work.outcome(model) !== wanted)
        throw new Error(`${name}: the Model does not give the packets back`);
      if (work.outcome(offload) !== wanted) throw new Error(`${name}: Engine and Model differ`);
      work.load();
      const count = work.inPlace();
      if (count !== work.whole(model)) throw new Error(`${name}: in place, ${count} come out`);
    },
    facts: { packets: packets.length, bytes, results: work.whole(model) },
  };
}

type Outcome =
  ReturnType<Offloads['split']> | ReturnType<Offloads['coalesce']> | ReturnType<Offloads['runs']>;

function sizeOf(result: Outcome): number {
  if (!result.ok) throw new Error(result.error);
  return result.value.length;
}

function asText(result: Outcome): string {
  if (!result.ok) return result.error;
  return result.value
    .map((each) => {
      if (each instanceof Uint8Array) return each.join();
      return 'frame' in each
        ? `${each.first} ${each.packets} ${each.frame.join()}`
        : `${each.segmentBytes} ${each.outer.join()} ${each.payloads.map((payload) => payload.join()).join(' ')}`;
    })
    .join('\n');
}

/** Segments of `flows` TCP connections by turns, `bytes` of payload each. */
function train(random: SeededRandom, flows: number, bytes: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const turn = Math.floor(i / flows);
    const payload = Uint8Array.from({ length: bytes }, () => random.u32() & 0xff);
    return tcpPacket(5000 + (i % flows), 1000 + turn, 1 + turn * bytes, payload);
  });
}

function tcpPacket(port: number, id: number, sequence: number, payload: Uint8Array): Uint8Array {
  const addresses = { source: ip('192.0.2.1'), destination: ip('198.51.100.7') };
  const header = Uint8Array.from([
    0,
    0,
    0,
    80,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0x80,
    0x10,
    1,
    0,
    0,
    0,
    0,
    0,
    ...TIMESTAMPS,
  ]);
  const tcp = concatBytes(header, payload);
  const view = new DataView(tcp.buffer);
  view.setUint16(0, port);
  view.setUint32(4, sequence);
  view.setUint16(16, checksum(tcp, pseudoHeaderSum(addresses, 6, tcp.length)));
  const fields = { ...addresses, protocol: 6, ttl: 64, identification: id, dontFragment: true };
  return encodeIp(fields, tcp);
}

/** The frame that these packets of one flow are segments of. */
function frameOf(packets: readonly Uint8Array[]): Uint8Array {
  const payload = concatBytes(...packets.map((packet) => packet.subarray(52)));
  const packet = concatBytes(packets[0]!.subarray(0, 52), payload);
  const view = new DataView(packet.buffer);
  view.setUint16(2, packet.length);
  view.setUint16(10, 0);
  view.setUint16(10, checksum(packet.subarray(0, 20)));
  view.setUint16(36, fold(sumWords(packet.subarray(12, 20)) + 6 + packet.length - 20));
  const virtio = new DataView(new ArrayBuffer(10));
  for (const [i, value] of [0x0101, 52, packets[0]!.length - 52, 20, 16].entries()) {
    virtio.setUint16(2 * i, value, true);
  }
  return concatBytes(new Uint8Array(virtio.buffer), packet);
}

/** Outer packets of LISP to `locators` by turns; the inner packets do not matter here. */
function datagrams(random: SeededRandom, locators: number, bytes: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    buildUdpPacket(
      {
        source: ip('192.0.2.1'),
        destination: ip(`198.51.100.${1 + (i % locators)}`),
        ttl: 64,
        dontFragment: true,
        sourcePort: 50_000,
        destinationPort: 4341,
        checksum: 'zero',
      },
      Uint8Array.from({ length: bytes }, () => random.u32() & 0xff),
    ),
  );
}
