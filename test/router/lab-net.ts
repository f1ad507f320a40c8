// The nodes of a lab on their links, without its script: what a test does to them is all that happens.
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds, type Micros } from '../../src/base/time.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import type {
  LigRequest,
  LigResult,
  NodeOutput,
  PingRequest,
  PingResult,
  TracerouteRequest,
  TracerouteResult,
} from '../../src/router/node.ts';
import { Router } from '../../src/router/router.ts';
import { Host } from '../../src/sim/host.ts';
import type { LabFile } from '../../src/sim/lab-file.ts';
import { Network } from '../../src/sim/network.ts';
import {
  isKind,
  type Frame,
  type NetworkRecord,
  type RecordKind,
  type RecordOf,
} from '../../src/sim/record.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { labFile, type Edits } from '../scenarios/support.ts';

export class LabNet {
  readonly network: Network;
  readonly records: NetworkRecord[] = [];

  constructor(file: LabFile, makePlane: () => DataPlane = () => new Model()) {
    const nodes = file.nodes.map((node) =>
      node.kind === 'host'
        ? new Host(node.options)
        : new Router(node.options, { dataPlane: makePlane(), random: new SeededRandom(1, node.name) }),
    );
    this.network = new Network(nodes, file.links, {
      seed: 1,
      record: (record) => this.records.push(record),
      handleInput: () => undefined,
    });
    this.network.start();
    this.network.runUntil(seconds(5));
  }

  router(name: string): Router {
    const node = this.network.node(name);
    if (!(node instanceof Router)) throw new Error(`${name} is no router`);
    return node;
  }

  host(name: string): Host {
    const node = this.network.node(name);
    if (!(node instanceof Host)) throw new Error(`${name} is no host`);
    return node;
  }

  onRouter(name: string, work: (router: Router, out: NodeOutput[], now: Micros) => void): void {
    this.network.onNode(name, (node, out) => {
      if (node instanceof Router) work(node, out, this.network.now);
    });
  }

  /** Runs until there is a record of this kind, and returns the last one. */
  until<K extends RecordKind>(kind: K): RecordOf<K> {
    const start = this.records.length;
    for (let i = 0; i < 100_000; i++) {
      const found = this.records.slice(start).findLast(isKind(kind));
      if (found !== undefined) return found;
      if (!this.network.step()) break;
    }
    const found = this.records.slice(start).findLast(isKind(kind));
    if (found === undefined) throw new Error(`no ${kind}`);
    return found;
  }

  ping(node: string, to: string, from?: string, request: Partial<PingRequest> = {}): PingResult {
    return this.#ask('ping-done', () => {
      this.network.onNode(node, (each, out) => {
        const full = { ...ends(to, from), count: 5, size: 100, timeout: seconds(2), ...request };
        each.ping(this.network.now, full, out);
      });
    }).result;
  }

  traceroute(
    node: string,
    to: string,
    from?: string,
    request: Partial<TracerouteRequest> = {},
  ): TracerouteResult {
    const defaults = { probes: 3, minTtl: 1, maxTtl: 30, timeout: seconds(3) };
    return this.#ask('traceroute-done', () => {
      this.network.onNode(node, (each, out) => {
        each.traceroute(this.network.now, { ...ends(to, from), ...defaults, ...request }, out);
      });
    }).result;
  }

  lig(node: string, eid: string, request: Partial<LigRequest> = {}): LigResult {
    return this.#ask('lig-done', () => {
      this.onRouter(node, (router, out, now) => {
        const address = ip(eid);
        router.lig(now, { eid: { instanceId: 0, address }, count: 3, timeout: seconds(2), ...request }, out);
      });
    }).result;
  }

  /** Frames since record `from`, as one line each. */
  frames(from = 0): string[] {
    return this.records
      .slice(from)
      .filter(isKind('frame'))
      .map(({ frame }) => told(frame));
  }

  #ask<K extends RecordKind>(kind: K, work: () => void): RecordOf<K> {
    const start = this.records.length;
    work();
    return this.records.slice(start).find(isKind(kind)) ?? this.until(kind);
  }
}

/** The network of a folder of examples/, with lines of its files replaced. */
export function example(name: string, edits: Edits = {}): LabNet {
  return new LabNet(labFile(name, edits));
}

function ends(to: string, from: string | undefined): Pick<PingRequest, 'destination' | 'source'> {
  return { destination: ip(to), ...(from === undefined ? {} : { source: ip(from) }) };
}

function told({ bytes }: Frame): string {
  const packet = decodePacket(bytes);
  return packet.ok ? describePacket(packet.value) : packet.error.code;
}

/** One text per hop: `10.0.1.1 10.0.1.1 *`, refusals as `10.0.1.1!H`. */
export function hopTexts({ hops }: TracerouteResult): string[] {
  return hops.map(({ probes }) =>
    probes
      .map((probe) =>
        probe.kind === 'timeout'
          ? '*'
          : formatIp(probe.from) + (probe.refusal === undefined ? '' : `!${probe.refusal}`),
      )
      .join(' '),
  );
}
