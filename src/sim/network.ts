import { assert } from '../base/assert.ts';
import { DeadlineQueue, type DeadlineQueueState } from '../base/deadline-queue.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { NetworkNode, NodeOutput } from '../router/node.ts';
import { Link, type Direction, type LinkChange, type LinkOptions, type LinkState } from './link.ts';
import type { NetworkRecord, RecordHead } from './record.ts';

/** What waits in the queue: packets under way and inputs from outside. */
type Pending<Input> =
  | {
      readonly kind: 'arrival';
      readonly link: number;
      readonly direction: Direction;
      readonly epoch: number;
      readonly frame: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'input'; readonly input: Input };

/** Seed and listeners of a network. */
export interface NetworkOptions<Input> {
  readonly seed: number;
  /** Told of everything that happens, in causal order. */
  readonly record: (record: NetworkRecord) => void;
  /** Carries out a scheduled input by calling back into the network. */
  readonly handleInput: (input: Input, now: Micros) => void;
}

/**
 * Plain data; the frames in the queue are shared, never changed. What is in it beside these members is for `restore`
 * of the same version.
 */
export interface NetworkState<Input> {
  readonly now: Micros;
  readonly eventCount: number;
  readonly frameCount: number;
  readonly unconnected: number;
  /** @internal */
  readonly stalledSteps: number;
  /** @internal */
  readonly queue: DeadlineQueueState<Pending<Input>>;
  readonly links: readonly LinkState[];
  readonly nodes: readonly unknown[];
}

/** Where `run` stops, whichever comes first. */
export interface RunLimits {
  /** Virtual time to reach; default NEVER. */
  readonly until?: Micros;
  /** Events to handle at most; default no limit. */
  readonly maxEvents?: number;
}

interface Socket {
  readonly link: number;
  /** Of packets sent from here. */
  readonly direction: Direction;
}

/** A node that stays due this often in a row without time passing is broken. */
const MAX_STALLED_STEPS = 10_000;

/**
 * Nodes, links and virtual time. An event is an arrival, an input, or a node whose deadline has come; events are
 * handled one at a time in order of (time, arrivals and inputs before deadlines, sequence or node order). Equal
 * nodes, links, seed and inputs give equal records.
 */
export class Network<Input = never> {
  readonly nodes: readonly NetworkNode[];
  readonly links: readonly Link[];
  readonly #options: NetworkOptions<Input>;
  /** As they were at the start: a router may change its hostname. */
  readonly #names: readonly string[];
  readonly #indexOf = new Map<string, number>();
  /** Per node and interface index. */
  readonly #sockets: (Socket | undefined)[][];
  readonly #queue = new DeadlineQueue<Pending<Input>>();
  /** Per node: its nextDeadline(), kept up to date. */
  readonly #deadlines: Micros[];
  readonly #out: NodeOutput[] = [];
  #now: Micros = 0;
  #eventCount = 0;
  #frameCount = 0;
  #unconnected = 0;
  #stalledSteps = 0;
  #cause: number | undefined;

  /** Throws when a link names a node or interface that is not there, or an interface twice. */
  constructor(nodes: readonly NetworkNode[], links: readonly LinkOptions[], options: NetworkOptions<Input>) {
    this.nodes = nodes;
    this.links = links.map((link) => new Link(link, options.seed));
    this.#options = options;
    this.#names = nodes.map(({ name }) => name);
    for (const [i, name] of this.#names.entries()) {
      assert(!this.#indexOf.has(name), `node ${name} is there once`);
      this.#indexOf.set(name, i);
    }
    this.#sockets = nodes.map((node) => node.interfaces.map(() => undefined));
    this.#deadlines = nodes.map(() => NEVER);
    for (const [link, { options: ends }] of this.links.entries()) {
      for (const direction of [0, 1] as const) {
        const { node, interfaceName } = direction === 0 ? ends.a : ends.b;
        const index = this.#nodeIndex(node);
        const place = nodes[index]!.interfaces.indexOf(interfaceName);
        assert(place >= 0, `${node} has an interface ${interfaceName}`);
        assert(this.#sockets[index]![place] === undefined, `${node} ${interfaceName} is on one link`);
        this.#sockets[index]![place] = { link, direction };
      }
    }
  }

  /** Virtual time, from the start of the run. */
  get now(): Micros {
    return this.#now;
  }

  /** Events handled so far. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Packets sent out of interfaces that are on no link. */
  get unconnected(): number {
    return this.#unconnected;
  }

  /** Throws when there is no such node. */
  node(name: string): NetworkNode {
    return this.nodes[this.#nodeIndex(name)]!;
  }

  /** Throws when there is no such link. */
  link(name: string): Link {
    const link = this.links.find((each) => each.name === name);
    assert(link !== undefined, `there is a link ${name}`);
    return link;
  }

  /** Starts every node; call once, before anything else. */
  start(): void {
    for (const i of this.nodes.keys()) this.#run(i, (node, out) => node.start(this.#now, out));
  }

  /** Queues an input; throws when `time` is in the past. */
  schedule(time: Micros, input: Input): void {
    assert(time >= this.#now, 'inputs are not in the past');
    this.#queue.push(time, { kind: 'input', input });
  }

  /** Runs `work` on a node now and carries its outputs away. For handlers of inputs. Throws when there is no such node. */
  onNode(name: string, work: (node: NetworkNode, out: NodeOutput[]) => void): void {
    this.#run(this.#nodeIndex(name), work);
  }

  /** Changes a link and records it. For handlers of inputs. Throws when there is no such link. */
  changeLink(name: string, change: LinkChange): void {
    this.link(name).change(change);
    this.note({ kind: 'link-change', link: name, change });
  }

  /**
   * Puts a packet on the link toward this interface, as if the far end had sent it. The bytes then belong to the
   * network. Throws when there is no such interface, or no link on it.
   */
  inject(name: string, interfaceName: string, bytes: Uint8Array): void {
    const index = this.#nodeIndex(name);
    const socket = this.#sockets[index]![this.nodes[index]!.interfaces.indexOf(interfaceName)];
    assert(socket !== undefined, `${name} ${interfaceName} is on a link`);
    this.#put(socket.link, socket.direction === 0 ? 1 : 0, bytes, true);
  }

  /** Time of the next event; NEVER when nothing will ever happen. */
  nextTime(): Micros {
    return Math.max(this.#now, this.#earliest().time);
  }

  /** Handles the next event. False when there is none. */
  step(): boolean {
    const { time, node } = this.#earliest();
    if (time === NEVER) return false;
    this.#checkProgress(time, node);
    this.#now = Math.max(this.#now, time);
    this.#eventCount++;
    if (node === undefined) this.#handle(this.#queue.pop()!.item);
    else this.#run(node, (each, out) => each.advance(this.#now, [], out));
    return true;
  }

  /** Handles everything up to and including `time`, and moves the clock there. */
  runUntil(time: Micros): void {
    this.run({ until: time });
    if (time !== NEVER) this.#now = Math.max(this.#now, time);
  }

  /** Handles events until a limit is met or none is left; returns how many. Does not move an idle clock. */
  run({ until = NEVER, maxEvents = Infinity }: RunLimits = {}): number {
    let handled = 0;
    while (handled < maxEvents && this.nextTime() <= until && this.step()) handled++;
    return handled;
  }

  /** Adds a record at this moment. For handlers of inputs. */
  note(body: RecordBody): void {
    const head: RecordHead = { event: this.#eventCount, time: this.#now };
    const caused = this.#cause === undefined ? head : { ...head, cause: this.#cause };
    this.#options.record({ ...caused, ...body });
  }

  /** All that changes, nodes and links included. Call between events. */
  save(): NetworkState<Input> {
    return {
      now: this.#now,
      eventCount: this.#eventCount,
      frameCount: this.#frameCount,
      unconnected: this.#unconnected,
      stalledSteps: this.#stalledSteps,
      queue: this.#queue.save(),
      links: this.links.map((link) => link.save()),
      nodes: this.nodes.map((node) => structuredClone(node.save())),
    };
  }

  /** Takes back what `save` of a network of the same nodes, links and seed gave. */
  restore(state: NetworkState<Input>): void {
    this.#now = state.now;
    this.#eventCount = state.eventCount;
    this.#frameCount = state.frameCount;
    this.#unconnected = state.unconnected;
    this.#stalledSteps = state.stalledSteps;
    this.#queue.restore(state.queue);
    for (const [i, link] of this.links.entries()) link.restore(state.links[i]!);
    for (const [i, node] of this.nodes.entries()) {
      node.restore(structuredClone(state.nodes[i]));
      this.#deadlines[i] = node.nextDeadline();
    }
  }

  #nodeIndex(name: string): number {
    const index = this.#indexOf.get(name);
    assert(index !== undefined, `there is a node ${name}`);
    return index;
  }

  /** The next event: a queued one, or (`node` set) the first node whose deadline comes before it. */
  #earliest(): { readonly time: Micros; readonly node?: number } {
    let time = this.#queue.nextDeadline();
    let node: number | undefined;
    for (const [i, deadline] of this.#deadlines.entries()) {
      const due = Math.max(this.#now, deadline);
      if (due >= time) continue;
      time = due;
      node = i;
    }
    return node === undefined ? { time } : { time, node };
  }

  /** A node that asks for the same moment again and again would stop the clock: our bug. */
  #checkProgress(time: Micros, node: number | undefined): void {
    if (time > this.#now) this.#stalledSteps = 0;
    else if (node !== undefined) this.#stalledSteps++;
    assert(this.#stalledSteps < MAX_STALLED_STEPS, `${this.#names[node ?? 0] ?? ''} lets time move on`);
  }

  #handle(pending: Pending<Input>): void {
    if (pending.kind === 'input') {
      this.#options.handleInput(pending.input, this.#now);
      return;
    }
    const { frame, bytes, direction } = pending;
    const link = this.links[pending.link]!;
    const { node, interfaceName } = link.to(direction);
    const cut = !link.take(direction, bytes.length, pending.epoch);
    this.#cause = frame;
    this.note({ kind: 'arrival', node, frame, cut });
    if (!cut) {
      const index = this.#nodeIndex(node);
      const interfaceIndex = this.nodes[index]!.interfaces.indexOf(interfaceName);
      this.#run(index, (each, out) => each.advance(this.#now, [{ interfaceIndex, bytes }], out));
    }
    this.#cause = undefined;
  }

  #run(index: number, work: (node: NetworkNode, out: NodeOutput[]) => void): void {
    const node = this.nodes[index]!;
    const out = this.#out;
    assert(out.length === 0, 'nodes are not run inside each other');
    work(node, out);
    this.#deadlines[index] = node.nextDeadline();
    for (const output of out) this.#carry(index, output);
    out.length = 0;
  }

  #carry(index: number, output: NodeOutput): void {
    const node = this.#names[index]!;
    switch (output.kind) {
      case 'transmit': {
        const socket = this.#sockets[index]![output.interfaceIndex];
        if (socket !== undefined) this.#put(socket.link, socket.direction, output.bytes, false);
        else this.#loseUnconnected(index, output.interfaceIndex, output.bytes);
        break;
      }
      case 'trace':
        this.note({ kind: 'trace', node, trace: output.event });
        break;
      case 'ping-done':
        this.note({ kind: 'ping-done', node, result: output.result });
        break;
      case 'traceroute-done':
        this.note({ kind: 'traceroute-done', node, result: output.result });
        break;
      case 'lig-done':
        this.note({ kind: 'lig-done', node, result: output.result });
        break;
    }
  }

  #loseUnconnected(index: number, interfaceIndex: number, bytes: Uint8Array): void {
    const { interfaces } = this.nodes[index]!;
    this.#unconnected++;
    this.note({
      kind: 'unconnected',
      node: this.#names[index]!,
      interfaceName: interfaces[interfaceIndex] ?? '?',
      bytes,
    });
  }

  #put(index: number, direction: Direction, bytes: Uint8Array, injected: boolean): void {
    const link = this.links[index]!;
    const fate = link.put(direction, bytes.length);
    const number = ++this.#frameCount;
    const frame = { number, time: this.#now, link: index, direction, bytes, fate, injected };
    this.note({ kind: 'frame', node: link.from(direction).node, frame });
    if (fate !== 'sent') return;
    const { epoch } = link;
    const arrival = { kind: 'arrival', link: index, direction, epoch, frame: number, bytes } as const;
    this.#queue.push(this.#now + link.delay, arrival);
  }
}

/** A record without its head. */
export type RecordBody = NetworkRecord extends infer R
  ? R extends RecordHead
    ? Omit<R, keyof RecordHead>
    : never
  : never;
