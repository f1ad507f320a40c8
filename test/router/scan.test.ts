// A scan at a router with a small Map-Cache: one packet to each address of an aggregate, each answered with a mapping of
// its own, beside flows that were there before.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { ipv4, sameIp, type IpAddress } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { millis, seconds, type Micros } from '../../src/base/time.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import type { NodeOutput } from '../../src/router/node.ts';
import type { RouterOptions } from '../../src/router/options.ts';
import { Router } from '../../src/router/router.ts';
import type { CacheEntryView } from '../../src/router/view.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { controlOf, decodePacket, layersOf } from '../../src/wire/packet.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { mapping, mapReply } from '../support/messages.ts';

const XTR = `
hostname xtr
interface FastEthernet0/0
 ip address 192.168.1.1 255.255.255.0
interface FastEthernet0/1
 ip address 10.0.1.2 255.255.255.0
ip route 0.0.0.0 0.0.0.0 10.0.1.1
router lisp
 database-mapping 192.168.1.0/24 10.0.1.2 priority 1 weight 100
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 miss-policy hold
 exit
`;

/** Half of it, without what is configured, is for learned entries: 100 of them. */
const ENTRY_CAPACITY = 206;
const ROOM = 100;
const FLOWS = 60;
/** Packets of the scan for each packet of a flow. */
const INTENSITY = 3;
const CALM_ROUNDS = 5;
const ATTACKED_ROUNDS = process.env['PXTR_LONG'] === '1' ? 100 : 12;
const ROUND = millis(100);
const ROUND_TRIP = millis(10);

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['Model', () => new Model({ entryCapacity: ENTRY_CAPACITY })],
  ['Engine', () => createEngineSync({ entries: ENTRY_CAPACITY })],
];

const flow = (n: number): IpAddress => ipv4(0x1401_0000 + n);
const scanned = (n: number): IpAddress => ipv4(0x1e00_0000 + n);

const FLOW_TEXTS = Array.from({ length: FLOWS }, (_, n) => formatIp(flow(n)));

/** The router between its site and a mapping system that has a mapping for each single address. */
class Scan {
  readonly sent: string[] = [];
  node: Router;
  readonly #makePlane: () => DataPlane;
  readonly #options: RouterOptions;
  #now: Micros = seconds(1);
  #addresses = 0;

  constructor(makePlane: () => DataPlane) {
    const parsed = parseConfig(XTR);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    this.#options = parsed.value.options;
    this.#makePlane = makePlane;
    this.node = this.#make();
    this.node.start(0, []);
  }

  /** Share of the packets of flows that leave encapsulated at once. */
  rounds(count: number, intensity: number): number {
    let hits = 0;
    for (let round = 0; round < count; round++) {
      for (let n = 0; n < FLOWS; n++) {
        if (this.#meet(flow(n))) hits++;
        this.scan(intensity);
      }
      this.#now += ROUND;
    }
    return hits / (count * FLOWS);
  }

  scan(packets: number): void {
    for (let n = 0; n < packets; n++) this.#meet(scanned(this.#addresses++));
  }

  /** Another router takes over from a saved state. */
  restart(): void {
    const state = structuredClone(this.node.save());
    this.node = this.#make();
    this.node.restore(state);
  }

  learned(): string[] {
    return this.#learned().map(({ entry }) => formatIp(entry.mapping.eid.prefix.address));
  }

  /** Of learned entries. */
  hits(): number[] {
    return this.#learned().map((view) => view.hits);
  }

  /** And waits until all of it may be asked for again. */
  clearMapCache(): number {
    const count = this.node.clearMapCache(this.#now, 4, undefined, []);
    this.#now += seconds(1);
    return count;
  }

  #learned(): CacheEntryView[] {
    return this.node.mapCache(4).filter(({ entry }) => entry.origin === 'map-reply');
  }

  #make(): Router {
    return new Router(this.#options, {
      dataPlane: this.#makePlane(),
      random: new SeededRandom(1, 'scan'),
    });
  }

  /** A packet from the site, and the answer to what is asked because of it; true when it was sent on before that. */
  #meet(destination: IpAddress): boolean {
    const packet = buildUdpPacket(
      {
        source: ip('192.168.1.9'),
        destination,
        sourcePort: 5000,
        destinationPort: 5001,
        ttl: 64,
        checksum: 'zero',
      },
      new Uint8Array(8),
    );
    let isSent = false;
    for (const bytes of this.#take(this.#now, packet, 0)) {
      const decoded = decodePacket(bytes);
      if (!decoded.ok) throw new Error('the router sent a malformed packet');
      const ecm = controlOf(decoded.value);
      if (ecm === undefined) {
        const inner = [...layersOf(decoded.value)].findLast((layer) => layer.kind === 'ip');
        isSent ||= inner !== undefined && sameIp(inner.ip.destination, destination);
      } else if (ecm.type === 'ecm' && ecm.message.type === 'map-request') {
        const text = `${formatIp(ecm.inner.destination)}/32`;
        this.#reply(encodeControl(mapReply(ecm.message.nonce, [mapping(text, ['10.0.2.2'])])));
      }
    }
    return isSent;
  }

  #reply(payload: Uint8Array): void {
    const packet = buildUdpPacket(
      {
        source: ip('10.0.1.1'),
        destination: ip('10.0.1.2'),
        sourcePort: 4342,
        destinationPort: 4342,
        ttl: 64,
        checksum: 'compute',
      },
      payload,
    );
    this.#now += ROUND_TRIP;
    this.#take(this.#now, packet, 1);
  }

  #take(now: Micros, bytes: Uint8Array, interfaceIndex: number): Uint8Array[] {
    const out: NodeOutput[] = [];
    this.node.advance(now, [{ interfaceIndex, bytes }], out);
    const transmitted = out.flatMap((output) => (output.kind === 'transmit' ? [output.bytes] : []));
    this.sent.push(...transmitted.map(toHex));
    return transmitted;
  }
}

describe.each(PLANES)('a scan at a router with a small Map-Cache (%s)', (_, makePlane) => {
  it('costs the flows that are there at most a twentieth of their hit rate (T21)', () => {
    const scan = new Scan(makePlane);
    expect(scan.rounds(1, 0)).toBe(0);
    const calm = scan.rounds(CALM_ROUNDS, 0);
    expect(calm).toBe(1);
    expect(scan.rounds(ATTACKED_ROUNDS, INTENSITY)).toBeGreaterThanOrEqual(0.95 * calm);
    expect(scan.learned()).toHaveLength(ROOM);
    expect(scan.learned()).toEqual(expect.arrayContaining(FLOW_TEXTS));
  });

  it('gives the same packets when the router is saved and restored, and its counters cleared, within it', () => {
    const [calm, moved] = [new Scan(makePlane), new Scan(makePlane)];
    for (const scan of [calm, moved]) scan.rounds(CALM_ROUNDS, 0);
    for (let round = 0; round < 6; round++) {
      if (round % 2 === 0) moved.restart();
      else moved.node.clearStatistics();
      for (const scan of [calm, moved]) scan.rounds(1, INTENSITY);
    }
    expect(moved.learned()).toEqual(calm.learned());
    expect(moved.sent.length).toBe(calm.sent.length);
    expect(moved.sent.findIndex((bytes, n) => bytes !== calm.sent[n])).toBe(-1);
  });

  it('finds the flows proven useful also right after statistics were cleared', () => {
    const scan = new Scan(makePlane);
    scan.rounds(CALM_ROUNDS, 0);
    scan.node.clearStatistics();
    scan.scan(2 * ROOM);
    expect(scan.learned()).toEqual(expect.arrayContaining(FLOW_TEXTS));
  });

  it('counts hits of an entry that was gone from zero, also in a router that was restored', () => {
    const scan = new Scan(makePlane);
    scan.rounds(2, 0);
    const hits = scan.hits();
    expect(hits.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(FLOWS);
    scan.restart();
    expect(scan.clearMapCache()).toBe(FLOWS);
    scan.rounds(2, 0);
    expect(scan.hits()).toEqual(hits);
  });
});
