// TCP and UDP packets spelled out field by field, frames with a virtio_net_hdr, and batches of packets of a few flows in
// which things go wrong. Nothing here comes from what it tests.
import fc from 'fast-check';
import { concatBytes } from '../../src/base/bytes.ts';
import { checksum, fold, sumWords } from '../../src/base/checksum.ts';
import { Dice } from '../support/gen-dice.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

export interface PacketSpec {
  readonly family: 4 | 6;
  readonly protocol: 'tcp' | 'udp';
  /** Last byte of each address. */
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tos: number;
  readonly ttl: number;
  /** IPv4 flags and offset; identification. */
  readonly fragment: number;
  readonly id: number;
  readonly flowLabel: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  /** TCP options, a multiple of 4. */
  readonly options: Uint8Array;
  /** IPv4 options, a multiple of 4; in IPv6, a destination options header of that and 4 bytes, a multiple of 8. */
  readonly ipOptions: Uint8Array;
  readonly payload: Uint8Array;
  /** UDP without a checksum. */
  readonly noChecksum: boolean;
}

export const PLAIN: PacketSpec = {
  family: 4,
  protocol: 'tcp',
  source: 1,
  destination: 2,
  sourcePort: 1000,
  destinationPort: 80,
  tos: 0,
  ttl: 64,
  fragment: 0x4000,
  id: 7,
  flowLabel: 0,
  sequence: 1000,
  acknowledgement: 500,
  flags: ACK,
  window: 400,
  urgent: 0,
  options: new Uint8Array(0),
  ipOptions: new Uint8Array(0),
  payload: new Uint8Array(0),
  noChecksum: false,
};

const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

function addresses({ family, source, destination }: PacketSpec): Uint8Array {
  const one = (last: number): number[] =>
    family === 4 ? [192, 0, 2, last] : [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
  return Uint8Array.from([...one(source), ...one(destination)]);
}

/** TCP or UDP header and payload; the checksum field holds `field`. */
function transportOf(spec: PacketSpec, field: number): Uint8Array {
  const ports = [...u16(spec.sourcePort), ...u16(spec.destinationPort)];
  if (spec.protocol === 'udp') {
    const header = Uint8Array.from([...ports, ...u16(8 + spec.payload.length), ...u16(field)]);
    return concatBytes(header, spec.payload);
  }
  const offset = ((20 + spec.options.length) / 4) << 4;
  const numbers = [...u32(spec.sequence), ...u32(spec.acknowledgement)];
  const rest = [offset, spec.flags, ...u16(spec.window), ...u16(field), ...u16(spec.urgent)];
  return concatBytes(Uint8Array.from([...ports, ...numbers, ...rest]), spec.options, spec.payload);
}

function networkOf(spec: PacketSpec, bytes: number): Uint8Array {
  const number = spec.protocol === 'tcp' ? 6 : 17;
  const { ipOptions } = spec;
  if (spec.family === 6) {
    const extension =
      ipOptions.length === 0 ? [] : [number, (4 + ipOptions.length) / 8 - 1, 1, 0, ...ipOptions];
    const first = u32(0x6000_0000 + spec.tos * 0x10_0000 + spec.flowLabel);
    const next = extension.length === 0 ? number : 60;
    const fixed = [...first, ...u16(extension.length + bytes), next, spec.ttl];
    return Uint8Array.from([...fixed, ...addresses(spec), ...extension]);
  }
  const header = 20 + ipOptions.length;
  const words = [...u16(header + bytes), ...u16(spec.id), ...u16(spec.fragment), spec.ttl, number, 0, 0];
  const network = Uint8Array.from([
    0x40 | (header / 4),
    spec.tos,
    ...words,
    ...addresses(spec),
    ...ipOptions,
  ]);
  network.set(u16(checksum(network)), 10);
  return network;
}

function pseudoSum(spec: PacketSpec, bytes: number): number {
  return fold(sumWords(addresses(spec)) + (spec.protocol === 'tcp' ? 6 : 17) + bytes);
}

/** A packet as a sender makes it. */
export function buildPacket(fields: Partial<PacketSpec>): Uint8Array {
  const spec = { ...PLAIN, ...fields };
  const blank = transportOf(spec, 0);
  const sum = checksum(blank, pseudoSum(spec, blank.length));
  const field =
    spec.protocol === 'udp' && spec.noChecksum ? 0 : spec.protocol === 'udp' && sum === 0 ? 0xffff : sum;
  return concatBytes(networkOf(spec, blank.length), transportOf(spec, field));
}

export function virtioHeader(
  flags: number,
  type: number,
  header: number,
  segment: number,
  start: number,
  at: number,
): Uint8Array {
  const bytes = Uint8Array.from([flags, type, 0, 0, 0, 0, 0, 0, 0, 0]);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of [header, segment, start, at].entries()) view.setUint16(2 + 2 * i, value, true);
  return bytes;
}

/** A frame as the kernel hands it out: one packet, its checksum left to be made. */
export function buildFrame(fields: Partial<PacketSpec>, segment: number): Uint8Array {
  const spec = { ...PLAIN, ...fields };
  const bytes = transportOf(spec, 0).length;
  const network = networkOf(spec, bytes);
  const isTcp = spec.protocol === 'tcp';
  const ecn = isTcp && (spec.flags & CWR) !== 0 ? 0x80 : 0;
  const type = isTcp ? (spec.family === 4 ? 1 : 4) : 5;
  const header = network.length + bytes - spec.payload.length;
  const virtio = virtioHeader(1, type | ecn, header, segment, network.length, isTcp ? 16 : 6);
  return concatBytes(virtio, network, transportOf(spec, pseudoSum(spec, bytes)));
}

const bytesOf = (min: number, max: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: max });

/** What stays the same within a flow. */
const arbitraryFlow: fc.Arbitrary<Partial<PacketSpec>> = fc
  .record({
    family: fc.constantFrom(4 as const, 6 as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    source: fc.nat({ max: 255 }),
    destination: fc.nat({ max: 255 }),
    sourcePort: fc.nat({ max: 0xffff }),
    destinationPort: fc.nat({ max: 0xffff }),
    tos: fc.nat({ max: 0xff }),
    ttl: fc.nat({ max: 0xff }),
    fragment: fc.constantFrom(0, 0x4000),
    id: fc.oneof(fc.nat({ max: 0xffff }), fc.integer({ min: 0xfff0, max: 0xffff })),
    flowLabel: fc.nat({ max: 0xf_ffff }),
    sequence: fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.integer({ min: 0xffff_0000, max: 0xffff_ffff })),
    acknowledgement: fc.nat({ max: 0xffff_ffff }),
    window: fc.nat({ max: 0xffff }),
    urgent: fc.constantFrom(0, 0, 0, 9),
    flags: fc.constantFrom(ACK, ACK, ACK | ECE, 0),
    optionWords: fc.constantFrom(0, 0, 3, 10),
    extension: fc.constantFrom(0, 0, 4, 12),
    fill: fc.nat({ max: 255 }),
  })
  .map(({ optionWords, extension, fill, ...flow }) => ({
    ...flow,
    options: new Uint8Array(4 * optionWords).fill(fill),
    ipOptions: new Uint8Array(flow.family === 6 ? extension : 0).fill(fill),
  }));

/** A frame of two segments or more that a kernel makes and that coalescing can make again. */
export const arbitraryFrame: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    arbitraryFlow,
    fc.constantFrom(0, PSH, FIN, FIN | PSH),
    fc.constantFrom(0, 0, CWR),
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 1460 })),
    bytesOf(1, 600),
    fc.integer({ min: 2, max: 9 }),
  )
  .map(([flow, last, first, segment, seed, count]) => {
    const rest = 1 + (seed[0]! % segment);
    const length = (count - 1) * segment + rest;
    const payload = Uint8Array.from({ length }, (_, i) => seed[i % seed.length]! + (i >> 7));
    const flags = (flow.flags ?? 0) | (flow.protocol === 'udp' ? 0 : first | last);
    return buildFrame({ ...flow, flags, payload }, segment);
  });

/** Bytes changed anywhere, and an end anywhere; what matters lies in front. */
export function damage(bytes: Uint8Array, seed: number): Uint8Array {
  const dice = new Dice(seed, 'damage');
  const damaged = bytes.slice(0, dice.chance(70) ? bytes.length : dice.int(bytes.length + 1));
  for (let n = dice.int(4); n > 0 && damaged.length > 0; n--) {
    const at = dice.int(Math.min(damaged.length, dice.chance(80) ? 80 : damaged.length));
    damaged[at] = dice.chance(50) ? dice.int(256) : damaged[at]! ^ (1 << dice.int(8));
  }
  return damaged;
}

/** Packets of a few flows between a few hosts, mostly in order; with what `oddities` percent of them have gone wrong. */
export function makeBatch(seed: number, oddities: number): Uint8Array[] {
  const dice = new Dice(seed, 'batch');
  const flows = Array.from({ length: 1 + dice.int(4) }, (_, i) => newFlow(dice, i));
  const packets: Uint8Array[] = [];
  const count = 1 + dice.int(40);
  while (packets.length < count) {
    const flow = dice.pick(flows);
    for (let n = 1 + dice.int(6); n > 0; n--) packets.push(nextPacket(dice, flow, oddities));
  }
  return packets;
}

interface Flow {
  spec: PacketSpec;
  readonly segment: number;
  readonly idStep: number;
}

function newFlow(dice: Dice, i: number): Flow {
  const spec: PacketSpec = {
    ...PLAIN,
    family: dice.family(),
    protocol: dice.chance(70) ? 'tcp' : 'udp',
    source: 1 + dice.int(2),
    destination: 3 + dice.int(2),
    sourcePort: 1000 + (dice.chance(80) ? i : 0),
    fragment: dice.pick([0, 0x4000]),
    sequence: dice.chance(50) ? dice.u32() : 0xffff_ffff - dice.int(3000),
    id: dice.chance(50) ? dice.int(65_536) : 65_535 - dice.int(5),
    options: dice.chance(50) ? new Uint8Array(0) : dice.bytes(12),
    noChecksum: dice.chance(10),
  };
  const segment = dice.chance(70) ? 1 + dice.int(60) : 1 + dice.int(1400);
  return { spec, segment, idStep: dice.chance(80) ? 1 : dice.int(2) };
}

function nextPacket(dice: Dice, flow: Flow, oddities: number): Uint8Array {
  const { spec } = flow;
  const bytes = dice.chance(90) ? flow.segment : dice.int(2 * flow.segment);
  const flags = spec.flags | (dice.chance(6) ? dice.pick([PSH, FIN, PSH, CWR]) : 0);
  const packet = { ...spec, flags, payload: dice.bytes(bytes) };
  flow.spec = {
    ...spec,
    sequence: (spec.sequence + bytes) % 0x1_0000_0000,
    id: (spec.id + flow.idStep) & 0xffff,
  };
  if (!dice.chance(oddities)) return buildPacket(packet);
  const odd = oddity(dice, packet);
  // Some oddities stay: the rest of the flow is like this packet.
  if (dice.chance(30)) flow.spec = { ...flow.spec, ...odd };
  const built = buildPacket({ ...packet, ...odd });
  return dice.chance(25) ? strange(dice, built) : built;
}

function oddity(dice: Dice, packet: PacketSpec): Partial<PacketSpec> {
  return dice.pick<Partial<PacketSpec>>([
    {},
    { ttl: packet.ttl - 1 },
    { tos: packet.tos ^ 3 },
    { fragment: packet.fragment ^ 0x4000 },
    { fragment: 0x8000 },
    { fragment: 0x2000 },
    { id: (packet.id + dice.int(3)) & 0xffff },
    { flowLabel: 5 },
    { window: packet.window + 1 },
    { acknowledgement: packet.acknowledgement + 1 },
    { sequence: (packet.sequence + 1) % 0x1_0000_0000 },
    { urgent: 1 },
    { options: dice.bytes(packet.options.length) },
    { options: dice.bytes(4) },
    { ipOptions: dice.bytes(4) },
    { flags: packet.flags | dice.pick([SYN, RST, URG, ECE, CWR]) },
    { noChecksum: true },
    { protocol: packet.protocol === 'tcp' ? 'udp' : 'tcp' },
    { sourcePort: packet.destinationPort, destinationPort: packet.sourcePort },
  ]);
}

function strange(dice: Dice, packet: Uint8Array): Uint8Array {
  const changed = packet.slice();
  const isIpv4 = packet[0]! >> 4 === 4;
  switch (dice.int(5)) {
    case 0:
      return dice.bytes(dice.int(60));
    case 1: // Another protocol: the header checksum of IPv4 is wrong then, which is odd as well.
      changed[isIpv4 ? 9 : 6] = dice.pick([1, 50, 58, 44]);
      return changed;
    case 2:
      return packet.subarray(0, dice.int(packet.length));
    case 3:
      changed.fill(0xff, isIpv4 ? 10 : 46, isIpv4 ? 12 : 48);
      return changed;
    default:
      return damage(packet, dice.u32());
  }
}
