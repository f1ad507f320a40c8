/**
 * What each feature adds to a packet: the same 1024 packets of 64 bytes through 1000 entries that share 64 locators,
 * in engines that differ in one thing. Tables and packets stay in the caches: this is the work, not the memory.
 */
import { cidr, ip } from '../src/base/ip-text.ts';
import { hostPrefix, ipv4, prefix } from '../src/base/ip.ts';
import { SeededRandom } from '../src/base/random.ts';
import {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
} from '../src/engine/codes.ts';
import type { DataPlane, EncapTarget, NextHop } from '../src/engine/data-plane.ts';
import type { Marking, ReceptionRules } from '../src/engine/marking.ts';
import type { Engine } from '../src/engine/engine.ts';
import { Model } from '../src/engine/model.ts';
import { eidPrefix } from '../src/mapping/eid.ts';
import { buildUdpPacket } from '../src/wire/udp.ts';
import {
  BUFFER_BYTES,
  DESC_BYTES,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_VERDICT_OFFSET,
} from '../assembly/layout.ts';
import { compileWithout, type Ablation } from './ablation.ts';
import { openEngine } from './engine.ts';
import { BATCH, FRAMES, FrameStream, STREAM_BUFFERS } from './frame-stream.ts';
import type { Case, Contender } from './runner.ts';

const ENTRIES = 1000;
const LOCATORS = 64;
const PACKET_BYTES = 64;
const OWN = { 4: ip('192.0.2.1'), 6: ip('2001:db8:ffff::1') } as const;
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const SITE = cidr('10.0.0.0/8');
/** 1000 prefixes of 24 bits from here on. */
const PEERS = 0x6440_0000;

/** How one contender differs from 'plain'. */
interface Feature {
  readonly name: string;
  readonly outer?: 4 | 6;
  readonly marking?: Marking;
  readonly pathMtu?: number;
  readonly reception?: ReceptionRules;
  readonly without?: Ablation;
}

const PLAIN: Feature = { name: 'plain' };

const ON: readonly Feature[] = [
  { name: 'nonce', marking: { nonce: 0x5a_17_c3 } },
  { name: 'nonce, echo asked', marking: { nonce: 0x5a_17_c3, echo: true } },
  { name: 'map-versions', marking: { versions: { source: 7, destination: 9 } } },
  { name: 'locator-status-bits', marking: { locatorStatusBits: 5 } },
  { name: 'GPE', marking: { gpe: true, checksum: false } },
  { name: 'UDP checksum', marking: { checksum: true } },
  { name: 'path MTU', pathMtu: 1400 },
  { name: 'outer IPv6', outer: 6 },
];

const OFF: readonly Feature[] = [
  { name: 'nonce ignored', marking: { nonce: 0x5a_17_c3 } },
  {
    name: 'header reported',
    marking: { nonce: 0x5a_17_c3, locatorStatusBits: 5 },
    reception: { report: true },
  },
  { name: 'UDP checksum verified', marking: { checksum: true } },
  { name: 'UDP checksum unverified', marking: { checksum: true }, reception: { unverified: true } },
  { name: 'outer IPv6', outer: 6 },
];

/** `ablated`: rows of engines without a piece of work. */
export function featureCases(
  seed: number,
  ablated: readonly Ablation[],
  progress: (text: string) => void,
): Case[] {
  const packets = sitePackets(seed);
  const cuts = ablated.map((without): Feature => ({ name: without, without }));
  return [
    featureCase(
      'encapsulate: what a feature costs',
      [PLAIN, ...ON, ...cuts],
      () => packets,
      VERDICT_ENCAP,
      progress,
    ),
    featureCase(
      'decapsulate: what a feature costs',
      [PLAIN, ...OFF, ...cuts.filter(({ without }) => without !== 'no MTU check')],
      (feature) => encapsulated(packets, feature),
      VERDICT_NATIVE,
      progress,
    ),
  ];
}

function featureCase(
  name: string,
  features: readonly Feature[],
  packetsFor: (feature: Feature) => readonly Uint8Array[],
  verdict: number,
  progress: (text: string) => void,
): Case {
  const isEncap = verdict === VERDICT_ENCAP;
  const keys = new Uint32Array(4 * BATCH);
  const all = features.map((feature) => {
    progress(`${name}: preparing ${feature.name}`);
    return { feature, ...open(feature, packetsFor(feature), isEncap) };
  });
  const receive: Contender = { name: 'receive', run: () => all[0]!.stream.pass(keys, false) };
  return {
    name,
    unit: 'packet',
    operations: keys.length,
    baseline: 'plain',
    contenders: [
      receive,
      ...all.map(({ feature, stream }): Contender => ({ name: feature.name, run: () => stream.pass(keys) })),
    ],
    gate: () => {
      for (const { feature, engine, stream, packets } of all) {
        const wanted = modelOutcome(feature, packets.slice(0, BATCH), isEncap);
        stream.batch(keys, 0, true);
        for (const [i, expected] of wanted.entries()) {
          const got = outcomeAt(engine, stream, i);
          if (got !== expected)
            throw new Error(`${name}: ${feature.name}: packet ${i} is ${got}, not ${expected}`);
          if (!got.startsWith(`${verdict} `))
            throw new Error(`${name}: ${feature.name}: packet ${i} is ${got}`);
        }
      }
    },
    facts: { batch: BATCH, bytes: PACKET_BYTES, packets: FRAMES, entries: ENTRIES, locators: LOCATORS },
  };
}

interface Line {
  readonly engine: Engine;
  readonly stream: FrameStream;
  readonly packets: readonly Uint8Array[];
}

function open(feature: Feature, packets: readonly Uint8Array[], isEncap: boolean): Line {
  const { without, outer = 4 } = feature;
  const engine = openEngine({
    lpm: 'dir18-run',
    fibBytes: 64 << 20,
    entries: 2 * ENTRIES,
    rewrites: 2 * LOCATORS,
    buffers: STREAM_BUFFERS,
    ...(without === undefined ? {} : { wasm: compileWithout(without) }),
  });
  fill(engine, feature, isEncap);
  const stream = new FrameStream(engine, {
    bytes: isEncap ? 64 : 128,
    inner: isEncap ? 0 : outer === 4 ? 36 : 56,
  });
  stream.setFrames(packets);
  return { engine, stream, packets };
}

function outcomeAt({ memory }: Engine, { slots, descriptors }: FrameStream, slot: number): string {
  const { view, bytes } = memory;
  const desc = descriptors + slot * DESC_BYTES;
  const length = view.getUint16(desc + DESC_LENGTH_OFFSET, true);
  const at = slots + slot * BUFFER_BYTES + view.getUint16(desc + DESC_OFFSET_OFFSET, true);
  return `${view.getUint8(desc + DESC_VERDICT_OFFSET)} ${bytes.subarray(at, at + length).join()}`;
}

function modelOutcome(feature: Feature, packets: readonly Uint8Array[], isEncap: boolean): string[] {
  const model = new Model();
  fill(model, feature, isEncap);
  return forwardAll(model, packets).map(([verdict, bytes]) => `${verdict} ${bytes.join()}`);
}

function forwardAll(model: Model, packets: readonly Uint8Array[]): [number, Uint8Array][] {
  const out: [number, Uint8Array][] = [];
  for (let at = 0; at < packets.length; at += 64) {
    for (const bytes of packets.slice(at, at + 64)) model.inject(bytes, { interfaceIndex: 0 });
    model.process();
    model.collect(({ verdict }, bytes) => out.push([verdict, bytes.slice()]));
  }
  return out;
}

/** The ITR of a site; or, for what it sends, the ETR of all its peers at every locator. */
function fill(plane: DataPlane, { outer = 4, marking, pathMtu, reception }: Feature, isEncap: boolean): void {
  plane.setRoute(0, prefix(OWN[4], 0), OUT);
  plane.setRoute(0, prefix(OWN[6], 0), OUT);
  if (!isEncap) {
    if (reception !== undefined) plane.setReception(reception);
    for (let n = 0; n < LOCATORS; n++) {
      plane.setRoute(0, hostPrefix(locator(outer, n)), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
    }
    const peers = prefix(ipv4(PEERS), 12);
    plane.setRoute(0, peers, { kind: 'connected', interfaceIndex: 2, mtu: 1500 });
    plane.setPolicy(eidPrefix(peers), POLICY_ETR_DESTINATION);
    plane.publish();
    return;
  }
  plane.setPolicy(eidPrefix(SITE), POLICY_ITR_SOURCE);
  for (let n = 0; n < ENTRIES; n++) {
    const target: EncapTarget = {
      source: OWN[outer],
      destination: locator(outer, n % LOCATORS),
      priority: 1,
      weight: 1,
      nextHop: OUT,
      ...(pathMtu === undefined ? {} : { pathMtu }),
      ...(marking === undefined ? {} : { marking }),
    };
    plane.setEntry({
      eid: eidPrefix(prefix(ipv4(PEERS + n * 256), 24)),
      action: ACTION_FORWARD,
      targets: [target],
    });
  }
  plane.publish();
}

function locator(family: 4 | 6, n: number): ReturnType<typeof ip> {
  return ip(family === 4 ? `198.51.100.${n + 1}` : `2001:db8:fffe::${(n + 1).toString(16)}`);
}

/** UDP from hosts of the site to hosts of its peers. */
function sitePackets(seed: number): Uint8Array[] {
  const random = new SeededRandom(seed, 'features');
  const int = (bound: number): number => random.u32() % bound;
  return Array.from({ length: FRAMES }, () =>
    buildUdpPacket(
      {
        source: ipv4(0x0a00_0000 + 1 + int(0xff_fffe)),
        destination: ipv4(PEERS + int(ENTRIES) * 256 + 1 + int(254)),
        ttl: 64,
        sourcePort: int(65536),
        destinationPort: 53,
        checksum: 'compute',
      },
      new Uint8Array(PACKET_BYTES - 28),
    ),
  );
}

/** The same, as an ITR with the feature sends them. */
function encapsulated(packets: readonly Uint8Array[], feature: Feature): Uint8Array[] {
  const sender = new Model();
  fill(sender, feature, true);
  return forwardAll(sender, packets).map(([, bytes]) => bytes);
}
