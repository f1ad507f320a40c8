// A lab with a node of somebody else's making in the place of one of its hosts.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { seconds, type Micros } from '../../src/base/time.ts';
import { ip } from '../../src/base/ip-text.ts';
import { Model } from '../../src/engine/model.ts';
import type { Arrival, NetworkNode, NodeOutput } from '../../src/router/node.ts';
import { createLab, type Lab } from '../../src/sim/lab.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';

const FOLDER = fileURLToPath(new URL('../../examples/library/two-sites/', import.meta.url));

function labFile(): LabFile {
  const names = readdirSync(FOLDER);
  const file = loadLab(new Map(names.map((name) => [name, readFileSync(`${FOLDER}${name}`, 'utf8')])));
  if (!file.ok) throw new Error(JSON.stringify(file.error));
  return file.value;
}

/** Asks the server each second and counts what comes back. */
class Asker implements NetworkNode {
  readonly name: string;
  readonly interfaces = ['eth0'];
  state = { next: seconds(10), answers: 0 };

  constructor(name: string) {
    this.name = name;
  }

  start(): void {
    // Nothing before its time.
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    this.state.answers += arrivals.length;
    if (now < this.state.next) return;
    this.state.next = now + seconds(1);
    const addresses = { source: ip('192.168.1.10'), destination: ip('192.168.2.10'), ttl: 64 };
    const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) } as const;
    out.push({ kind: 'transmit', interfaceIndex: 0, bytes: buildIcmpPacket(addresses, echo) });
  }

  nextDeadline(): Micros {
    return this.state.next;
  }

  ping(): void {
    // It asks by itself.
  }

  traceroute(): void {
    // Nor this.
  }

  save(): unknown {
    return this.state;
  }

  restore(state: unknown): void {
    this.state = state as Asker['state'];
  }
}

function labWith(...nodes: NetworkNode[]): Lab {
  return createLab(labFile(), { makeDataPlane: () => new Model(), nodes });
}

it('takes part in the run, and the run repeats', () => {
  const [one, two] = [new Asker('probe'), new Asker('probe')];
  const hash = labWith(one).run(seconds(20)).logHash;
  expect(one.state.answers).toBe(10);
  expect(labWith(two).run(seconds(20)).logHash).toBe(hash);
});

it('goes back with the lab and forward again', () => {
  const asker = new Asker('probe');
  const lab = labWith(asker);
  const { logHash } = lab.run(seconds(20));
  const [end, answers] = [lab.timeline.event, asker.state.answers];
  lab.timeline.goTo(Math.floor(end / 2));
  expect(asker.state.answers).toBeLessThan(answers);
  lab.timeline.goTo(end);
  expect(asker.state.answers).toBe(answers);
  expect(lab.logHash()).toBe(logHash);
});

it('takes the place of a host, not of a router, nor of a node that is not there', () => {
  for (const name of ['core', 'nobody'])
    expect(() => labWith(new Asker(name))).toThrow(`the lab has a host ${name}`);
});
