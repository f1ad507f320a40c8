// A locator that fails moves its own flows and nobody else's, whatever the router knows its failure from.
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds, type Micros } from '../../src/base/time.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import type { Marking } from '../../src/engine/marking.ts';
import { Model } from '../../src/engine/model.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import type { NodeOutput } from '../../src/router/node.ts';
import { Router } from '../../src/router/router.ts';
import { decodeControl, encodeControl } from '../../src/wire/control.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';
import { decodeLispData, encodeLispData, lispDataHeader, LISP_N } from '../../src/wire/lisp-data.ts';
import { buildUdpPacket, decodeUdp } from '../../src/wire/udp.ts';
import { read } from '../ios/read.ts';
import { locator, mapping, mapReply } from '../support/messages.ts';

const FLOWS = 256;
const OWN = '10.0.1.2';
const rloc = (i: number): string => `198.51.${100 + i}.1`;

/** A site's router with a route to each of `count` locators, apart from one. */
function options(count: number, withoutRouteTo?: number) {
  const routed = Array.from({ length: count }, (_, i) => i).filter((i) => i !== withoutRouteTo);
  return read(`interface FastEthernet0/0
 ip address 192.168.1.1 255.255.255.0
interface FastEthernet0/1
 ip address ${OWN} 255.255.255.252
router lisp
 database-mapping 192.168.1.0/24 ${OWN} priority 1 weight 1
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 ipv4 etr
 profile trusted
 exit
${routed.map((i) => `ip route 198.51.${100 + i}.0 255.255.255.0 10.0.1.1\n`).join('')}`).options;
}

interface Tunnelled {
  readonly to: string;
  /** 0 for N=0. */
  readonly nonce: number;
}

class Site {
  router: Router;
  now: Micros = 0;
  readonly #makePlane: () => DataPlane;

  constructor(weights: readonly number[], canEcho: boolean, makePlane: () => DataPlane) {
    this.#makePlane = makePlane;
    this.router = this.#fresh(weights.length);
    this.router.start(0, []);
    const locators = weights.map((weight, i) => locator(rloc(i), { weight }));
    const remote = mapping('192.168.2.0/24', [], {
      // Takes no part, whoever is down; its status bit is the last.
      locators: [...locators, locator('198.51.199.1', { priority: 255 })],
    });
    const [request] = this.#send(this.#flow(0), 0).flatMap(udpOf);
    const ecm = decodeControl(request!.payload);
    if (!ecm.ok || ecm.value.type !== 'ecm' || ecm.value.message.type !== 'map-request')
      throw new Error('expected a Map-Request');
    const reply = mapReply(ecm.value.message.nonce, [remote], { echoNonceCapable: canEcho });
    this.#send(datagram('10.0.1.1', OWN, 4342, encodeControl(reply)), 1);
  }

  /** The LISP packets that the same flows are, time and again. */
  flows(): Tunnelled[] {
    return Array.from({ length: FLOWS }, (_, i) => this.#send(this.#flow(i), 0).flatMap(tunnelled)).flat();
  }

  rlocs(): string[] {
    return this.flows().map(({ to }) => to);
  }

  /** What `explain` says of some of them. */
  explained(): string[] {
    return Array.from({ length: 32 }, (_, i) => {
      const { bytes } = this.router.explain(this.#flow(i), { interfaceIndex: 0 });
      const packet = decodeIp(bytes);
      return packet.ok ? formatIp(packet.value.destination) : packet.error.code;
    });
  }

  /** A packet comes from a locator of the other site. */
  hear(from: number, marking: Marking): void {
    const inner = datagram('192.168.2.7', '192.168.1.5', 53, new Uint8Array(8));
    const lisp = concatBytes(encodeLispData(lispDataHeader(marking)), inner);
    this.#send(datagram(rloc(from), OWN, 4341, lisp), 1);
  }

  wait(time: Micros): void {
    const until = this.now + time;
    while (this.router.nextDeadline() <= until) {
      this.now = Math.max(this.now, this.router.nextDeadline());
      this.router.advance(this.now, [], []);
    }
    this.now = until;
  }

  route(count: number, isThere: boolean, to: number): void {
    this.router.configure(this.now, options(count, isThere ? undefined : to), []);
  }

  /** The same router goes on with another data plane. */
  replace(count: number): void {
    const saved = structuredClone(this.router.save());
    this.router = this.#fresh(count);
    this.router.restore(saved);
  }

  #fresh(count: number): Router {
    const random = new SeededRandom(1, 'site');
    return new Router(options(count), { dataPlane: this.#makePlane(), random });
  }

  #flow(i: number): Uint8Array {
    return datagram('192.168.1.5', '192.168.2.7', 1000 + i, new Uint8Array(8), 2000 + i);
  }

  #send(bytes: Uint8Array, interfaceIndex: number): NodeOutput[] {
    const out: NodeOutput[] = [];
    this.router.advance(this.now, [{ interfaceIndex, bytes }], out);
    return out;
  }
}

function datagram(
  from: string,
  to: string,
  destinationPort: number,
  payload: Uint8Array,
  sourcePort = 4342,
): Uint8Array {
  const addresses = { source: ip(from), destination: ip(to) };
  return buildUdpPacket({ ...addresses, sourcePort, destinationPort, ttl: 64, checksum: 'compute' }, payload);
}

function udpOf(output: NodeOutput): { to: string; port: number; payload: Uint8Array }[] {
  if (output.kind !== 'transmit') return [];
  const packet = decodeIp(output.bytes);
  const udp = packet.ok ? decodeUdp(packet.value.payload, packet.value) : undefined;
  if (!packet.ok || udp?.ok !== true) return [];
  const { destinationPort: port, payload } = udp.value;
  return [{ to: formatIp(packet.value.destination), port, payload }];
}

function tunnelled(output: NodeOutput): Tunnelled[] {
  return udpOf(output).flatMap(({ to, port, payload }) => {
    const lisp = port === 4341 ? decodeLispData(payload) : undefined;
    if (lisp?.ok !== true) return [];
    const { flags, word0 } = lisp.value;
    return [{ to, nonce: (flags & LISP_N) === 0 ? 0 : word0 }];
  });
}

/** A way for a locator to fail, and to come back. */
interface Failure {
  readonly canEcho: boolean;
  fail(site: Site, count: number, which: number, nonce: number): void;
  recover(site: Site, count: number, which: number, nonce: number): void;
}

/** The locator that takes no part included. */
const allUp = (count: number): number => 2 ** (count + 1) - 1;
const FAILURES: Readonly<Record<string, Failure>> = {
  'a nonce that does not come back': {
    canEcho: true,
    fail: (site, _, which) => {
      site.hear(which, {});
      site.wait(seconds(6));
    },
    recover: (site, _, which, nonce) => {
      site.hear(which, { nonce });
    },
  },
  'a route that is lost': {
    canEcho: false,
    fail: (site, count, which) => {
      site.route(count, false, which);
    },
    recover: (site, count, which) => {
      site.route(count, true, which);
    },
  },
  'Locator-Status-Bits': {
    canEcho: false,
    fail: (site, count, which) => {
      site.hear(which, { locatorStatusBits: allUp(count) - 2 ** which });
    },
    recover: (site, count, which) => {
      site.wait(seconds(11));
      site.hear(which, { locatorStatusBits: allUp(count) });
    },
  },
};

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['model', () => new Model()],
  ['engine', () => createEngineSync()],
];
const SPLITS: readonly (readonly [string, readonly number[]])[] = [
  ['three equal locators', [1, 1, 1]],
  ['four of unequal weights', [10, 40, 20, 30]],
];

describe.each(PLANES)('a router spreads flows (%s)', (_, makePlane) => {
  describe.each(SPLITS)('over %s', (__, weights) => {
    it.each(Object.entries(FAILURES))('%s moves the flows of its locator only', (___, failure) => {
      const count = weights.length;
      for (const which of weights.keys()) {
        const site = new Site(weights, failure.canEcho, makePlane);
        const flows = site.flows();
        const before = flows.map(({ to }) => to);
        expect(new Set(before)).toEqual(new Set(weights.map((____, i) => rloc(i))));
        const nonce = flows.find(({ to }) => to === rloc(which))!.nonce;
        expect(nonce !== 0).toBe(failure.canEcho);

        failure.fail(site, count, which, nonce);
        const during = site.rlocs();
        expect(during).toHaveLength(FLOWS);
        expect(during).not.toContain(rloc(which));
        expect(during.filter((to, i) => to !== before[i] && before[i] !== rloc(which))).toEqual([]);
        const entry = site.router.forwardingEntries(4).find(({ action }) => action === 'forward');
        const shares = entry!.targets.map(({ destination, share }) => [formatIp(destination), share]);
        expect(shares.map(([to]) => to)).toEqual(
          [...new Set(before)].filter((to) => to !== rloc(which)).sort(),
        );
        expect(shares.reduce((sum, [, share]) => sum + Number(share), 0)).toBeCloseTo(1);
        const states = site.router.mapCache(4).flatMap(({ locators }) => locators.map(({ state }) => state));
        expect(states.filter((state) => state !== 'up')).toHaveLength(2);

        expect(site.explained()).toEqual(during.slice(0, 32));

        site.replace(count);
        expect(site.rlocs()).toEqual(during);
        failure.recover(site, count, which, nonce);
        expect(site.rlocs()).toEqual(before);
      }
    });
  });

  it.each(Object.entries(FAILURES))('nowhere while all are down by %s', (___, failure) => {
    const site = new Site([1, 1, 1], failure.canEcho, makePlane);
    const flows = site.flows();
    const nonces = [0, 1, 2].map((i) => flows.find(({ to }) => to === rloc(i))!.nonce);
    if (failure.canEcho) for (const i of [0, 1, 2]) failure.fail(site, 3, i, nonces[i]!);
    else if (failure === FAILURES['Locator-Status-Bits']) site.hear(0, { locatorStatusBits: 0 });
    else site.router.configure(site.now, { ...options(3), staticRoutes: [] }, []);
    expect(site.rlocs()).toEqual([]);
    for (const i of [2, 0, 1]) failure.recover(site, 3, i, nonces[i]!);
    expect(site.rlocs()).toEqual(flows.map(({ to }) => to));
  });
});
