// Many RIP machines on random links: once things have settled, the routes are the shortest ways, whatever happened.
import { expect, it } from 'vitest';
import { formatIp, formatPrefix, cidr, ip } from '../../src/base/ip-text.ts';
import { fraction, SeededRandom } from '../../src/base/random.ts';
import { millis, seconds, type Micros } from '../../src/base/time.ts';
import type { RipInterface, RipOutput } from '../../src/router/rip-message.ts';
import { Rip } from '../../src/router/rip.ts';
import { decodeRip } from '../../src/wire/rip.ts';
import { TIMERS } from './rip-driver.ts';

interface Wire {
  readonly ends: readonly [number, number];
  isUp: boolean;
}

interface Flight {
  readonly time: Micros;
  readonly to: number;
  readonly wire: number;
  readonly packet: Extract<RipOutput, { kind: 'send' }>;
}

/** Node i originates 192.168.i.0/24 while it is on the list; wires are point-to-point links 10.0.w.0/30. */
class Net {
  now: Micros = 0;
  readonly nodes: Rip[];
  readonly wires: Wire[];
  readonly origins: Set<number>;
  #flights: Flight[] = [];

  constructor(count: number, pairs: readonly (readonly [number, number])[], seed: number) {
    this.nodes = Array.from({ length: count }, (_, i) => new Rip(new SeededRandom(seed, `node ${i}`)));
    this.wires = pairs.map((ends) => ({ ends, isUp: true }));
    this.origins = new Set(this.nodes.keys());
    for (const node of this.nodes.keys()) this.configure(node);
  }

  configure(node: number): void {
    const own = this.origins.has(node)
      ? [{ prefix: cidr(`192.168.${node}.0/24`), how: 'proxy-itr' as const }]
      : [];
    this.#do(node, (rip, out) => {
      rip.configure(this.now, { interfaces: this.#ports(node), origins: own, timers: TIMERS }, out);
    });
  }

  run(until: Micros): void {
    for (;;) {
      const flight = this.#flights.reduce<Flight | undefined>(
        (first, each) => (first === undefined || each.time < first.time ? each : first),
        undefined,
      );
      const deadlines = this.nodes.map((rip) => Math.max(this.now, rip.nextDeadline()));
      const next = Math.min(flight?.time ?? Infinity, ...deadlines);
      if (next > until) break;
      this.now = next;
      if (flight !== undefined && flight.time === next) {
        this.#flights = this.#flights.filter((each) => each !== flight);
        if (this.wires[flight.wire]!.isUp) this.#arrive(flight);
      } else {
        this.#do(deadlines.indexOf(next), (rip, out) => {
          rip.tick(this.now, out);
        });
      }
    }
    this.now = until;
  }

  /** `192.168.3.0/24 2 by 0`: prefix, metric, wire. */
  routes(node: number): string[] {
    return this.nodes[node]!.routes().map(({ prefix, metric }) => `${formatPrefix(prefix)} ${metric}`);
  }

  /** Hop counts over the wires that are up. */
  shortest(node: number): string[] {
    const hops = new Map([[node, 0]]);
    for (const [at, far] of hops) {
      for (const { ends, isUp } of this.wires) {
        const other = ends[0] === at ? ends[1] : ends[1] === at ? ends[0] : undefined;
        if (isUp && other !== undefined && !hops.has(other)) hops.set(other, far + 1);
      }
    }
    return [...hops]
      .filter(([at, far]) => far > 0 && far < 16 && this.origins.has(at))
      .sort(([a], [b]) => a - b)
      .map(([at, far]) => `192.168.${at}.0/24 ${far}`);
  }

  /** Following the routes to `to` from `node`: the nodes on the way; ends when one comes again. */
  way(node: number, to: number): number[] {
    const path = [node];
    for (let at = node; at !== to;) {
      const found = this.nodes[at]!.routes().find(
        ({ prefix }) => formatPrefix(prefix) === `192.168.${to}.0/24`,
      );
      if (found === undefined) break;
      const { ends } = this.wires[found.interfaceIndex]!;
      at = ends[0] === at ? ends[1] : ends[0];
      if (path.includes(at)) return [...path, at];
      path.push(at);
    }
    return path;
  }

  #ports(node: number): RipInterface[] {
    return this.wires.flatMap(({ ends, isUp }, wire) => {
      const side = ends.indexOf(node);
      if (side < 0 || !isUp) return [];
      const address = ip(`10.0.${wire}.${1 + side}`);
      return [{ index: wire, name: `wire${wire}`, address, bits: 30, mtu: 1500, passive: false }];
    });
  }

  #do(node: number, work: (rip: Rip, out: RipOutput[]) => void): void {
    const out: RipOutput[] = [];
    work(this.nodes[node]!, out);
    for (const packet of out) {
      if (packet.kind !== 'send') continue;
      const wire = packet.port.index;
      const { ends } = this.wires[wire]!;
      const to = ends[0] === node ? ends[1] : ends[0];
      this.#flights.push({ time: this.now + millis(1), to, wire, packet });
    }
  }

  #arrive({ to, wire, packet }: Flight): void {
    const message = decodeRip(packet.payload);
    if (!message.ok) throw new Error('our own message does not decode');
    expect(formatIp(packet.to).startsWith('10.0.') || packet.toPort === 520).toBe(true);
    const received = {
      interfaceIndex: wire,
      source: packet.port.address,
      sourcePort: 520,
      message: message.value,
    };
    this.#do(to, (rip, out) => {
      rip.receive(this.now, received, out);
    });
  }
}

/** A tree, so that everything is reachable, and a few wires more. */
function randomPairs(random: SeededRandom, count: number): [number, number][] {
  const dice = (sides: number): number => Math.floor(fraction(random) * sides);
  const tree = Array.from({ length: count - 1 }, (_, i): [number, number] => [dice(i + 1), i + 1]);
  const more = Array.from({ length: dice(4) }, (): [number, number] => [dice(count), dice(count)]);
  return [...tree, ...more.filter(([a, b]) => a !== b)];
}

function expectSettled(net: Net, seed: number): void {
  for (const node of net.nodes.keys()) {
    expect(net.routes(node), `seed ${seed}, node ${node}`).toEqual(net.shortest(node));
    for (const to of net.origins) {
      const path = net.way(node, to);
      expect(new Set(path).size, `seed ${seed}, ${path.join(' > ')}`).toBe(path.length);
    }
  }
}

const SEEDS = process.env['PXTR_LONG'] === '1' ? 400 : 25;

it(`the routes are the shortest ways, after wires and origins have come and gone (${SEEDS} seeds)`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new SeededRandom(seed, 'net');
    const count = 3 + (random.u32() % 6);
    const net = new Net(count, randomPairs(random, count), seed);
    net.run(seconds(120));
    expectSettled(net, seed);
    for (let change = 0; change < 4; change++) {
      const node = random.u32() % count;
      if (fraction(random) < 0.5) {
        if (!net.origins.delete(node)) net.origins.add(node);
        net.configure(node);
      } else {
        const wire = net.wires[random.u32() % net.wires.length]!;
        wire.isUp = !wire.isUp;
        for (const end of wire.ends) net.configure(end);
      }
      net.run(net.now + seconds(Math.floor(fraction(random) * 20)));
    }
    // Unheard-of routes time out after 180 s, and what was behind them after that.
    net.run(net.now + seconds(900));
    expectSettled(net, seed);
  }
});
