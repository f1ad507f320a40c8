/**
 * Whole packets through the TypeScript face: inject 128, process, collect. Tables of the size of a lab's. Then, without
 * that face, what each feature costs.
 */
import { hostPrefix, prefix, type Family, type IpAddress, type IpPrefix } from '../src/base/ip.ts';
import { cidr, ip } from '../src/base/ip-text.ts';
import { SeededRandom } from '../src/base/random.ts';
import {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
} from '../src/engine/codes.ts';
import type { DataPlane, NextHop } from '../src/engine/data-plane.ts';
import { Model } from '../src/engine/model.ts';
import { eidPrefix } from '../src/mapping/eid.ts';
import { buildUdpPacket } from '../src/wire/udp.ts';
import { ABLATED, type Ablation } from './ablation.ts';
import { openEngine } from './engine.ts';
import { featureCases } from './feature-cost.ts';
import type { Case, Suite } from './runner.ts';

const BATCH = 128;
const SITES = 64;
/** Inner packet; 36 or 56 more once encapsulated. */
const PACKET_BYTES = { 4: 100, 6: 120 } as const;
const OWN_RLOC = { 4: ip('192.0.2.1'), 6: ip('2001:db8:ffff::1') } as const;
const OWN_EIDS = { 4: cidr('10.0.0.0/16'), 6: cidr('2001:db8::/48') } as const;
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };

export const forwardSuite: Suite = {
  name: 'forward',
  cases: (seed, _, progress) => forwardCases(seed, ABLATED, progress),
};

/** `ablated`: engines without a piece of work, which are compiled first: that takes its time. */
export function forwardCases(
  seed: number,
  ablated: readonly Ablation[],
  progress: (text: string) => void,
): Case[] {
  progress('forward: tables and packets');
  const pairs = [
    [4, 4],
    [6, 4],
    [4, 6],
    [6, 6],
  ] as const;
  return [
    ...pairs.map(([inner, outer]) => encapsulation(seed, inner, outer)),
    decapsulation(seed, 4, 4),
    native(seed, 4),
    native(seed, 6),
    ...featureCases(seed, ablated, progress),
  ];
}

function encapsulation(seed: number, inner: Family, outer: Family): Case {
  const random = new SeededRandom(seed, `encap ${inner} ${outer}`);
  const packets = Array.from({ length: BATCH }, () => packet(random, inner, 'to-site'));
  return forwardCase(`encapsulate IPv${inner} in IPv${outer}`, packets, VERDICT_ENCAP, outer);
}

function native(seed: number, family: Family): Case {
  const random = new SeededRandom(seed, `native ${family}`);
  const packets = Array.from({ length: BATCH }, () => packet(random, family, 'from-outside'));
  return forwardCase(`native IPv${family}`, packets, VERDICT_NATIVE, 4);
}

/** What one router encapsulated, at the router whose own RLOC it goes to. */
function decapsulation(seed: number, inner: Family, outer: Family): Case {
  const random = new SeededRandom(seed, `decap ${inner} ${outer}`);
  const sender = new Model();
  fill(sender, outer, true);
  const packets: Uint8Array[] = [];
  for (let i = 0; i < BATCH; i++) sender.inject(packet(random, inner, 'to-own-site'), { interfaceIndex: 0 });
  sender.process();
  sender.collect((_, bytes) => packets.push(bytes.slice()));
  return forwardCase(`decapsulate IPv${inner} out of IPv${outer}`, packets, VERDICT_NATIVE, outer);
}

function forwardCase(name: string, packets: readonly Uint8Array[], verdict: number, outer: Family): Case {
  const planes = [
    ['Model', new Model()],
    ['Engine', openEngine()],
  ] as const;
  for (const [, plane] of planes) fill(plane, outer, false);
  return {
    name,
    unit: 'packet',
    operations: packets.length,
    baseline: 'Model',
    contenders: planes.map(([contender, plane]) => ({ name: contender, run: () => pass(plane, packets) })),
    gate: () => {
      const [wanted, got] = planes.map(([, plane]) => outcome(plane, packets));
      if (wanted !== got) throw new Error(`${name}: Engine and Model differ`);
      if (!wanted!.split('\n').every((line) => line.startsWith(`${verdict} `))) {
        throw new Error(`${name}: not every packet ended with verdict ${verdict}`);
      }
    },
    facts: { batch: packets.length, bytes: packets[0]!.length, entries: 2 * SITES, routes: 6 },
  };
}

function pass(plane: DataPlane, packets: readonly Uint8Array[]): number {
  for (const bytes of packets) plane.inject(bytes, { interfaceIndex: 0 });
  plane.process();
  let sum = 0;
  plane.collect((verdict, bytes) => (sum += verdict.flowHash + bytes.length));
  return sum | 0;
}

/** A line a packet: verdict, interface, bytes. */
function outcome(plane: DataPlane, packets: readonly Uint8Array[]): string {
  for (const bytes of packets) plane.inject(bytes, { interfaceIndex: 0 });
  plane.process();
  const lines: string[] = [];
  plane.collect((v, bytes) => lines.push(`${v.verdict} ${v.outInterface} ${v.flowHash} ${bytes.join(',')}`));
  return lines.join('\n');
}

/** A site's router that knows 64 other sites in each family; as `peer`, a router of another site that sends to it. */
function fill(plane: DataPlane, outer: Family, isPeer: boolean): void {
  for (const family of [4, 6] as const) {
    const here = isPeer ? peerRloc(family, 0) : OWN_RLOC[family];
    plane.setRoute(0, hostPrefix(here), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
    plane.setRoute(0, prefix(OWN_EIDS[family].address, 0), OUT);
    if (isPeer) {
      plane.setPolicy(eidPrefix(cidr(family === 4 ? '10.0.0.0/8' : '2001:db8::/32')), POLICY_ITR_SOURCE);
    } else {
      plane.setRoute(0, OWN_EIDS[family], { kind: 'connected', interfaceIndex: 2, mtu: 1500 });
      plane.setPolicy(eidPrefix(OWN_EIDS[family]), POLICY_ITR_SOURCE | POLICY_ETR_DESTINATION);
    }
    for (let site = isPeer ? 0 : 1; site <= SITES; site++) {
      const destination = site === 0 ? OWN_RLOC[outer] : peerRloc(outer, site);
      const source = isPeer ? peerRloc(outer, 0) : OWN_RLOC[outer];
      const target = { source, destination, priority: 1, weight: 100, nextHop: OUT };
      plane.setEntry({ eid: eidPrefix(sitePrefix(family, site)), action: ACTION_FORWARD, targets: [target] });
    }
  }
  plane.publish();
}

function sitePrefix(family: Family, site: number): IpPrefix {
  return site === 0
    ? OWN_EIDS[family]
    : cidr(family === 4 ? `10.${site}.0.0/16` : `2001:db8:${site.toString(16)}::/48`);
}

function peerRloc(family: Family, site: number): IpAddress {
  return ip(family === 4 ? `198.51.100.${site + 1}` : `2001:db8:fffe::${(site + 1).toString(16)}`);
}

/** UDP between random hosts and ports, of sites chosen at random. */
function packet(
  random: SeededRandom,
  family: Family,
  way: 'to-site' | 'to-own-site' | 'from-outside',
): Uint8Array {
  const int = (bound: number): number => random.u32() % bound;
  const host = (site: number): IpAddress =>
    ip(
      family === 4
        ? `10.${site}.${int(256)}.${1 + int(254)}`
        : `2001:db8:${site.toString(16)}::${(1 + int(65535)).toString(16)}`,
    );
  const outside = (): IpAddress =>
    ip(family === 4 ? `203.0.113.${1 + int(254)}` : `2a00::${(1 + int(65535)).toString(16)}`);
  const other = 1 + int(SITES);
  const headers = family === 4 ? 28 : 48;
  return buildUdpPacket(
    {
      source: way === 'to-site' ? host(0) : way === 'to-own-site' ? host(other) : outside(),
      destination: way === 'to-site' ? host(other) : way === 'to-own-site' ? host(0) : outside(),
      ttl: 64,
      sourcePort: int(65536),
      destinationPort: 53,
      checksum: 'compute',
    },
    new Uint8Array(PACKET_BYTES[family] - headers),
  );
}
