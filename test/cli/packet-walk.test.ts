import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { walkPacket, type WalkNetwork, type WalkNode } from '../../src/cli/packet-walk.ts';
import {
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_NO_ROUTE,
  VERDICT_DROP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../src/engine/codes.ts';
import type { Explanation } from '../../src/engine/phases.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';

const PACKET = buildIcmpPacket(
  { source: ip('10.0.0.1'), destination: ip('10.0.9.9'), ttl: 255 },
  { type: 'echo-request', identifier: 1, sequence: 0, data: new Uint8Array(8) },
);

/** A router that forwards everything out of one interface, its TTL lowered, or ends it. */
function router(name: string, outcome: number | { verdict: number; reason: number }): WalkNode {
  const explain = (packet: Uint8Array): Explanation => {
    const bytes = packet.slice();
    if (typeof outcome !== 'number') return { ...outcome, phases: [], outInterface: 0, bytes };
    const ttl = bytes[8]!;
    bytes[8] = ttl - 1;
    const phases = [{ phase: 'p', table: 't', key: 'k', result: `via interface ${outcome}`, rule: 'r' }];
    return { phases, verdict: VERDICT_NATIVE, reason: 0, outInterface: outcome, bytes };
  };
  return { kind: 'router', name, interfaces: ['left', 'right'], explain };
}

function network(...nodes: readonly WalkNode[]): WalkNetwork {
  const links = nodes.slice(1).map((node, i) => ({
    name: `${nodes[i]!.name}-${node.name}`,
    ends: [
      { node: nodes[i]!.name, interface: 'right' },
      { node: node.name, interface: 'left' },
    ] as const,
    up: true,
    mtu: 1500,
  }));
  return { nodes, links };
}

const DELIVER = { verdict: VERDICT_PUNT, reason: REASON_LOCAL };

describe('a walk', () => {
  it('goes from node to node until the packet is delivered', () => {
    const walk = walkPacket(network(router('a', 1), router('b', 1), router('c', DELIVER)), 'a', PACKET);
    expect(walk.ending).toEqual({ kind: 'delivered', node: 'c' });
    expect(walk.hops.map(({ node, inInterface, verdict }) => [node, inInterface, verdict])).toEqual([
      ['a', undefined, 'native'],
      ['b', 'left', 'native'],
      ['c', 'left', 'deliver'],
    ]);
    expect(walk.hops[0]!.way).toEqual({ outInterface: 'right', link: 'a-b', to: 'b' });
  });

  it('hands on what the node before made of the packet, and names interfaces', () => {
    const { hops } = walkPacket(network(router('a', 1), router('b', DELIVER)), 'a', PACKET);
    expect(hops[1]!.packet).toEqual(hops[0]!.result);
    expect(hops[0]!.phases[0]!.result).toBe('via right');
  });

  it('stops at a lookup and says what for', () => {
    const miss = { verdict: VERDICT_PUNT, reason: REASON_MAP_CACHE_MISS };
    const { ending } = walkPacket(network(router('a', 1), router('b', miss)), 'a', PACKET);
    expect(ending).toEqual({ kind: 'resolve', node: 'b', eid: ip('10.0.9.9'), source: ip('10.0.0.1') });
  });

  it('stops at a drop', () => {
    const drop = { verdict: VERDICT_DROP, reason: REASON_NO_ROUTE };
    expect(walkPacket(network(router('a', drop)), 'a', PACKET).ending).toMatchObject({
      kind: 'dropped',
      node: 'a',
    });
  });

  it('finds a loop although every hop lowers the TTL, and names its nodes', () => {
    const { hops, ending } = walkPacket(network(router('a', 1), router('b', 1), router('c', 0)), 'a', PACKET);
    expect(ending).toMatchObject({ kind: 'loop', node: 'c', circle: ['c', 'b'] });
    expect(hops.length).toBeLessThan(7);
    const ttl = decodeIp(hops.at(-1)!.packet);
    expect(ttl.ok && ttl.value.ttl).toBeGreaterThan(240);
  });

  it('ends where there is no link, a link that is down, or a packet that is too big for it', () => {
    const alone = walkPacket(network(router('a', 1)), 'a', PACKET);
    expect(alone.ending).toEqual({ kind: 'lost', node: 'a', why: 'right is on no link' });
    const { nodes, links } = network(router('a', 1), router('b', DELIVER));
    const down = walkPacket({ nodes, links: links.map((link) => ({ ...link, up: false })) }, 'a', PACKET);
    expect(down.ending).toEqual({ kind: 'lost', node: 'a', why: 'link a-b is down' });
    const narrow = walkPacket({ nodes, links: links.map((link) => ({ ...link, mtu: 20 })) }, 'a', PACKET);
    expect(narrow.ending).toMatchObject({ kind: 'lost', node: 'a', why: 'it is too big for the link' });
  });

  it('passes through hosts: they send, take what is theirs, and forward nothing', () => {
    const host = (name: string, address: string): WalkNode => ({
      kind: 'host',
      name,
      interfaces: [name === 'a' ? 'right' : 'left'],
      addresses: [ip(address)],
    });
    const there = walkPacket(network(host('a', '10.0.0.1'), host('b', '10.0.9.9')), 'a', PACKET);
    expect(there.ending).toEqual({ kind: 'delivered', node: 'b' });
    const elsewhere = walkPacket(network(host('a', '10.0.0.1'), host('b', '10.0.9.8')), 'a', PACKET);
    expect(elsewhere.ending).toMatchObject({ kind: 'dropped', reason: 'not for this host' });
  });
});
