/** What becomes of packets from one address to another: the way through the network, and what each node does. */
import { contains, sameIp, type IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import type { ForwardingTargetView } from '../../router/view.ts';
import { ORIGINATED_TTL } from '../../router/ping.ts';
import type { Lab } from '../../sim/lab.ts';
import { decodeIp } from '../../wire/ip-packet.ts';
import { buildUdpPacket } from '../../wire/udp.ts';
import { walkNetworkOf } from '../explain-lab.ts';
import { walkPacket, type Hop, type Walk, type WalkEnding, type WalkNetwork } from '../packet-walk.ts';

/** An address of a node that packets may come from. */
export interface Source {
  readonly node: string;
  readonly address: IpAddress;
}

/** What one node does with the packet. */
export interface PathStep {
  readonly node: string;
  /** `native`, `encap 10.0.1.2 > 10.0.2.2`, `decap, native`, `deliver`, `drop no-route`. */
  readonly action: string;
  /** The link it leaves on, or its interface where that is on no link; absent where the packet ends. */
  readonly via?: string;
  /** The next node. */
  readonly to?: string;
}

/** One way that packets take. */
export interface Path {
  readonly steps: readonly PathStep[];
  /** `delivered`, `dropped`, `unresolved`, `loop`, `lost`. */
  readonly end: 'delivered' | 'dropped' | 'unresolved' | 'loop' | 'lost';
  /** What ended it, for people; empty for `delivered`. */
  readonly why: string;
}

/** All the ways that packets of a pair of addresses take: several where flows are spread over locators. */
export interface Decision {
  /** Equal for equal decisions. */
  readonly key: string;
  /** In a fixed order. */
  readonly paths: readonly Path[];
}

/** As from traceroute: ports that nobody listens on. */
const TO_PORT = 33_434;
const FROM_PORT = 49_152;
/** Flows to try until each locator in use has been seen; the least share of one is 1/256. */
const MAX_FLOWS = 4096;

/** Asks a lab, as it stands, about decisions. Changes nothing in it. */
export class Oracle {
  readonly #network: WalkNetwork;
  readonly #balancers: ReadonlyMap<string, readonly Balancer[]>;

  constructor(lab: Lab) {
    this.#network = walkNetworkOf(lab);
    this.#balancers = balancersOf(lab);
  }

  /** The way of one flow. */
  walk({ node, address }: Source, destination: IpAddress, flow = 0): Walk {
    const packet = buildUdpPacket(
      {
        source: address,
        destination,
        ttl: ORIGINATED_TTL,
        sourcePort: FROM_PORT + flow,
        destinationPort: TO_PORT,
        checksum: 'compute',
      },
      new Uint8Array(72),
    );
    return walkPacket(this.#network, node, packet);
  }

  decide(source: Source, destination: IpAddress): Decision {
    const paths = new Map<string, Path>();
    const seen = new Set<string>();
    const wanted = new Set<string>();
    for (let flow = 0; flow < MAX_FLOWS; flow++) {
      const walk = this.walk(source, destination, flow);
      const path = pathOf(walk, (hop) => this.#share(hop, destination, seen, wanted));
      paths.set(JSON.stringify(path), path);
      if ([...wanted].every((each) => seen.has(each))) break;
    }
    const keys = [...paths.keys()].sort();
    return { key: keys.join('\n'), paths: keys.map((key) => paths.get(key)!) };
  }

  /** ` (50%)` where packets go there and elsewhere; notes which ways there are, and that this one was seen. */
  #share(hop: Hop, destination: IpAddress, seen: Set<string>, wanted: Set<string>): string {
    const balancer = this.#balancers.get(hop.node)?.find(({ prefix }) => contains(prefix, destination));
    const outer = decodeIp(hop.result);
    if (balancer === undefined || !outer.ok) return '';
    const targets = balancer.targets.filter(({ share }) => share > 0);
    const taken = targets.find((target) => sameIp(target.destination, outer.value.destination));
    if (taken === undefined || targets.length < 2) return '';
    const name = (target: ForwardingTargetView): string => `${hop.node} ${formatIp(target.destination)}`;
    for (const target of targets) wanted.add(name(target));
    seen.add(name(taken));
    return ` (${Math.round(taken.share * 100)}%)`;
  }
}

/** An entry of a Map-Cache; longest prefixes first, so that the first that contains an address is its match. */
interface Balancer {
  readonly prefix: Parameters<typeof contains>[0];
  readonly targets: readonly ForwardingTargetView[];
}

function balancersOf(lab: Lab): Map<string, readonly Balancer[]> {
  return new Map(
    lab.nodeNames.map((name) => {
      const router = lab.router(name);
      const entries =
        router === undefined ? [] : [...router.forwardingEntries(4), ...router.forwardingEntries(6)];
      // Without a choice anywhere nobody needs to look for the match.
      const isSpread = entries.some(({ targets }) => targets.filter(({ share }) => share > 0).length > 1);
      const sorted = isSpread ? entries.toSorted((a, b) => b.eid.prefix.bits - a.eid.prefix.bits) : [];
      return [name, sorted.map(({ eid, targets }) => ({ prefix: eid.prefix, targets }))] as const;
    }),
  );
}

function pathOf({ hops, ending }: Walk, share: (hop: Hop) => string): Path {
  const steps = hops.map((hop): PathStep => {
    const { node, way } = hop;
    const action = actionOf(hop, share);
    return {
      node,
      action,
      ...(way === undefined ? {} : { via: way.link ?? way.outInterface }),
      ...(way?.to === undefined ? {} : { to: way.to }),
    };
  });
  return { steps, ...endOf(ending) };
}

function actionOf(hop: Hop, share: (hop: Hop) => string): string {
  const { verdict, reason = '', phases, result } = hop;
  const words = phases.some(({ phase }) => phase === 'inner packet') ? ['decap'] : [];
  if (verdict === 'encapsulate') {
    const outer = decodeIp(result);
    const ends = outer.ok ? `${formatIp(outer.value.source)} > ${formatIp(outer.value.destination)}` : '?';
    words.push(`encap ${ends}${share(hop)}`);
  } else if (verdict === 'resolve') words.push('ask');
  else if (verdict === 'drop' || verdict === 'punt') words.push(`${verdict} ${reason}`);
  else words.push(verdict);
  return words.join(', ');
}

function endOf(ending: WalkEnding): Pick<Path, 'end' | 'why'> {
  switch (ending.kind) {
    case 'delivered':
      return { end: 'delivered', why: '' };
    case 'resolve':
      return { end: 'unresolved', why: 'no answer yet' };
    case 'dropped':
      return { end: 'dropped', why: ending.reason };
    case 'loop':
      return { end: 'loop', why: `between ${ending.circle.join(' and ')}` };
    case 'lost':
      return { end: 'lost', why: ending.why };
  }
}
