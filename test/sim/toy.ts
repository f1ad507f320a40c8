// A node that is easy to reason about: it chatters at random times and passes packets on while their first byte lasts.
import { SeededRandom } from '../../src/base/random.ts';
import { NEVER, type Micros } from '../../src/base/time.ts';
import type { Arrival, NetworkNode, NodeOutput } from '../../src/router/node.ts';
import type { LinkOptions } from '../../src/sim/link.ts';

export class Chatter implements NetworkNode {
  readonly name: string;
  readonly interfaces: readonly string[];
  #random: SeededRandom;
  #next: Micros = NEVER;
  #left: number;
  #received = 0;
  #bytesSeen: number[] = [];

  constructor(name: string, interfaceCount: number, packets: number, seed: number) {
    this.name = name;
    this.interfaces = Array.from({ length: interfaceCount }, (_, i) => `e${i}`);
    this.#random = new SeededRandom(seed, name);
    this.#left = packets;
  }

  get received(): number {
    return this.#received;
  }

  start(now: Micros, out: NodeOutput[]): void {
    this.#next = now;
    out.push({ kind: 'trace', event: { source: 'toy', event: 'started', fields: {} } });
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    for (const { interfaceIndex, bytes } of arrivals) {
      this.#received++;
      this.#bytesSeen.push(bytes.length);
      const hops = bytes[0]!;
      if (hops > 0) {
        const to = (interfaceIndex + 1) % this.interfaces.length;
        out.push({
          kind: 'transmit',
          interfaceIndex: to,
          bytes: Uint8Array.of(hops - 1, ...bytes.subarray(1)),
        });
      }
    }
    while (this.#left > 0 && this.#next <= now) {
      const interfaceIndex = this.#random.u32() % this.interfaces.length;
      const bytes = new Uint8Array(20 + (this.#random.u32() % 1600)).fill(this.#left & 255);
      bytes[0] = this.#random.u32() % 4;
      out.push({ kind: 'transmit', interfaceIndex, bytes });
      out.push({ kind: 'trace', event: { source: 'toy', event: 'sent', fields: { bytes: bytes.length } } });
      this.#left--;
      this.#next = now + (this.#random.u32() % 5000);
    }
  }

  nextDeadline(): Micros {
    return this.#left > 0 ? this.#next : NEVER;
  }

  ping(): void {
    throw new Error('the toy does not ping');
  }

  traceroute(): void {
    throw new Error('the toy does not trace');
  }

  save(): unknown {
    return {
      random: this.#random.save(),
      next: this.#next,
      left: this.#left,
      received: this.#received,
      bytesSeen: this.#bytesSeen,
    };
  }

  restore(state: unknown): void {
    const saved = state as {
      random: [number, number, number, number];
      next: Micros;
      left: number;
      received: number;
      bytesSeen: number[];
    };
    this.#random.restore(saved.random);
    this.#next = saved.next;
    this.#left = saved.left;
    this.#received = saved.received;
    this.#bytesSeen = saved.bytesSeen;
  }
}

/** A ring: e1 of each node to e0 of the next. */
export function ring(
  size: number,
  packets: number,
  link: Partial<LinkOptions>,
  seed: number,
): { nodes: Chatter[]; links: LinkOptions[] } {
  const nodes = Array.from({ length: size }, (_, i) => new Chatter(`n${i}`, 2, packets, seed));
  const links = nodes.map((node, i) => ({
    name: `l${i}`,
    a: { node: node.name, interfaceName: 'e1' },
    b: { node: `n${(i + 1) % size}`, interfaceName: 'e0' },
    delay: 1000 + i,
    loss: 0,
    mtu: 1500,
    ...link,
  }));
  return { nodes, links };
}
