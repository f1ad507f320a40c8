import { assert } from '../base/assert.ts';
import { isAny, type IpAddress } from '../base/ip.ts';
import { SeededRandom } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { DataPlane } from '../engine/data-plane.ts';
import type { NetworkNode, PingRequest, PingResult } from '../router/node.ts';
import { Router } from '../router/router.ts';
import { Timeline } from './checkpoint.ts';
import { Host } from './host.ts';
import { flood, type Journal, type LabInput } from './journal.ts';
import { captures, Consoles } from './lab-consoles.ts';
import { checkExpectations, type ExpectationResult } from './lab-expect.ts';
import type { LabFile } from './lab-file.ts';
import { garbageDatagram } from './lab-garbage.ts';
import { checkNode, checkParts } from './lab-guard.ts';
import type { LabNode } from './lab-node.ts';
import type { GarbageStep } from './lab-steps.ts';
import { formatLabWarning } from './lab-warning.ts';
import { logHash, logLines } from './log.ts';
import { commentOf, ladder, narrate, type NarrateOptions } from './narrate.ts';
import type { Network } from './network.ts';
import { encapsulatorOf } from './node-roles.ts';
import { isKind } from './record.ts';
import { tellStory, type StoryPacket } from './story.ts';
import { captureFile, type Annotate } from './tap.ts';

/** What a lab needs beside its files. */
export interface LabSettings {
  /** Of nonces and losses: a whole number from 0, default 1. */
  readonly seed?: number;
  /** Called once for each router, which owns what it gets: `() => createEngineSync()`, `() => new Model()`. */
  readonly makeDataPlane: () => DataPlane;
  /** Nodes of your own, each in the place of the host of its name in the file; links find interfaces by name. */
  readonly nodes?: readonly NetworkNode[];
  /** What was entered in an earlier run (`lab.inputs`), to be entered again at the same points. */
  readonly inputs?: Journal;
  /** Events between checkpoints; default 100. */
  readonly checkpointEvery?: number;
}

/** A ping that is over. */
export interface LabPing {
  readonly node: string;
  /** When it was over. */
  readonly time: Micros;
  readonly result: PingResult;
}

/** What a run brought, up to where the lab stands now. */
export interface LabResult {
  /** Console texts by node, as they would stand on the terminal. */
  readonly transcripts: ReadonlyMap<string, string>;
  /** In the order in which they were over. */
  readonly pings: readonly LabPing[];
  /** Every packet, in the order in which they were put on links. */
  readonly story: readonly StoryPacket[];
  /** 16 hexadecimal digits that are equal for equal runs. */
  readonly logHash: string;
  /** In the order of the file. */
  readonly expectations: readonly ExpectationResult[];
  /** Every expectation holds; true without any. */
  readonly passed: boolean;
}

/**
 * Builds the network of a lab and enters its steps into the journal; nothing has run yet but the start. Throws when
 * a node of `settings.nodes` has no host of its name in the file.
 */
export function createLab(file: LabFile, settings: LabSettings): Lab {
  return new Lab(file, settings);
}

/**
 * A lab in motion: `(file, seed, inputs)` decide everything that happens in it. It stands still until `run` or its
 * `timeline` moves it. Arrays and texts that it gives belong to the caller.
 */
export class Lab {
  readonly file: LabFile;
  readonly seed: number;
  readonly timeline: Timeline<LabInput>;
  readonly #nodes: ReadonlyMap<string, NetworkNode>;
  /**
   * One per node; what they know goes back and forth with the timeline.
   * @internal
   */
  readonly consoles: Consoles;
  readonly #stepCount: number;

  constructor(file: LabFile, settings: LabSettings) {
    checkParts(file, settings);
    const { seed = 1, makeDataPlane, nodes: own = [], inputs = [], checkpointEvery } = settings;
    this.file = file;
    this.seed = seed;
    for (const { name } of own) {
      const isHost = file.nodes.some((node) => node.name === name && node.kind === 'host');
      assert(isHost, `the lab has a host ${name}`);
    }
    const nodes = file.nodes.map(
      (node) => own.find(({ name }) => name === node.name) ?? makeNode(node, seed, makeDataPlane),
    );
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.consoles = new Consoles({
      nodes: file.nodes,
      links: file.links,
      router: (name) => this.router(name),
    });
    this.timeline = new Timeline<LabInput>({
      nodes,
      links: file.links,
      seed,
      handleInput: (input, network) => this.#handle(input, network),
      onRecord: (record, network) => this.consoles.observe(record, network),
      companion: this.consoles,
      ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    });
    for (const { at, action } of file.steps) {
      if (action.kind === 'garbage') this.#enterGarbage(at, action);
      else this.input(at, action);
    }
    this.#stepCount = this.timeline.journal.length;
    this.timeline.replay(inputs);
  }

  /** Virtual time, from the start of the run. */
  get now(): Micros {
    return this.timeline.network.now;
  }

  /** Names in the order of the file. */
  get nodeNames(): readonly string[] {
    return this.file.nodes.map(({ name }) => name);
  }

  /** Undefined for nodes of another kind and unknown names, as is `host`. */
  router(name: string): Router | undefined {
    const node = this.#nodes.get(name);
    return node instanceof Router ? node : undefined;
  }

  /** Undefined for nodes of another kind and unknown names. */
  host(name: string): Host | undefined {
    const node = this.#nodes.get(name);
    return node instanceof Host ? node : undefined;
  }

  /** Inputs beside the steps of the file, so far: `(file, seed, inputs)` give this run again. */
  get inputs(): Journal {
    return this.timeline.journal.slice(this.#stepCount);
  }

  /**
   * Enters an input at `at`; throws when that is in the past. After going back, what had been entered later is
   * forgotten. An input for a node or link that is not there throws when its time comes.
   */
  input(at: Micros, input: LabInput): void {
    this.timeline.input(at, input);
  }

  /** Types a line at a node's console, now; it is carried out when the lab moves on. Mistakes print as on IOS. Throws when there is no such node. */
  type(node: string, line: string): void {
    checkNode(node, this.nodeNames);
    this.input(this.now, { kind: 'command', node, line });
  }

  /**
   * Runs to the end of the lab file (or to `until`, a time and not a duration) and holds the outcome against its
   * expectations.
   */
  run(until: Micros = this.file.until): LabResult {
    this.timeline.runUntil(until);
    return this.result();
  }

  /** What the run brought so far, with its expectations checked against that. */
  result(): LabResult {
    const pings = this.pings();
    const story = this.story();
    const expectations = checkExpectations(this.file.expectations, {
      pings: pings.map(({ result }) => result),
      story,
      warnings: this.file.warnings.map(formatLabWarning),
      router: (name) => this.router(name),
      show: (node, command) => this.show(node, command),
    });
    return {
      transcripts: this.transcripts(),
      pings,
      story,
      logHash: this.logHash(),
      expectations,
      passed: expectations.every(({ passed }) => passed),
    };
  }

  /** Pings that are over, in the order in which they ended. */
  pings(): LabPing[] {
    const done = this.timeline.records.filter(isKind('ping-done'));
    return done.map(({ node, time, result }) => ({ node, time, result }));
  }

  /** Every packet so far, with the reason it was sent. */
  story(): StoryPacket[] {
    const links = this.file.links.map(({ name, a, b }) => ({ name, a: a.node, b: b.node }));
    return tellStory(this.timeline.records, links, (node, source) =>
      encapsulatorOf(this.router(node)?.options.lisp, source),
    );
  }

  /** The story as a numbered list of packets with reasons. */
  narration(options?: NarrateOptions): string[] {
    return narrate(this.story(), options);
  }

  /** The story as a sequence diagram. */
  ladder(options?: NarrateOptions): string[] {
    return ladder(this.story(), this.nodeNames, options);
  }

  /** The canonical event log. */
  log(): string[] {
    return logLines(this.timeline.records);
  }

  /** 16 hexadecimal digits that are equal for equal runs. */
  logHash(): string {
    return logHash(this.timeline.records);
  }

  /** pcapng of all links, commented with the story; a file of its own each time. */
  capture(): Uint8Array {
    const frames = this.timeline.records.filter(isKind('frame')).map(({ frame }) => frame);
    return captureFile(this.file.links, frames, this.#comments());
  }

  /**
   * The output of a show command, or what IOS says of a bad one; changes nothing and is not part of the run. Throws
   * when there is no such node.
   */
  show(node: string, command: string): string {
    checkNode(node, this.nodeNames);
    return this.consoles.show(node, command, this.now).join('\n');
  }

  /** pcapng of what `monitor capture` took at a node; undefined when no capture was started there. */
  consoleCapture(node: string): Uint8Array | undefined {
    checkNode(node, this.nodeNames);
    const { capture } = this.consoles.state(node);
    if (capture === undefined) return undefined;
    const links = this.file.links.filter((link) => captures(link, node, capture));
    const [first, last] = capture.frames ?? [1, 0];
    const frames = this.timeline.records.filter(isKind('frame')).flatMap(({ frame }) => {
      const link = links.indexOf(this.file.links[frame.link]!);
      return link < 0 || frame.number < first || frame.number > last ? [] : [{ ...frame, link }];
    });
    return captureFile(links, frames, this.#comments());
  }

  /** Prompt, typed lines and output of every node that has any. */
  transcripts(): ReadonlyMap<string, string> {
    const lines = new Map<string, string[]>();
    for (const record of this.timeline.records) {
      if (record.kind !== 'typed' && record.kind !== 'console') continue;
      const own = lines.get(record.node) ?? [];
      lines.set(record.node, own);
      own.push(record.kind === 'typed' ? `${record.node}${record.prompt}${record.text}` : record.text);
    }
    return new Map([...lines].map(([node, own]) => [node, own.join('\n')]));
  }

  #handle(input: LabInput, network: Network<LabInput>): void {
    switch (input.kind) {
      case 'command':
        this.consoles.enter(input.node, input.line, network);
        return;
      case 'config':
        this.consoles.configure(input.node, input.lines, network);
        return;
      case 'resume':
        this.consoles.resume(input.node, network);
        return;
      case 'ping':
        this.#ping(input.node, input.request, network);
        return;
      case 'link':
        network.changeLink(input.link, input.change);
        return;
      case 'inject':
        network.inject(input.node, input.interfaceName, input.bytes);
        return;
    }
  }

  /** What the story says of a frame. */
  #comments(): Annotate {
    const comments = new Map(this.story().map((packet) => [packet.frame.number, commentOf(packet)]));
    return ({ number }) => comments.get(number);
  }

  #ping(name: string, request: PingRequest, network: Network<LabInput>): void {
    const { now } = network;
    network.onNode(name, (node, out) => node.ping(now, request, out));
  }

  #enterGarbage(at: Micros, step: GarbageStep): void {
    const { node, interfaceName, port, rate, duration } = step;
    const destination = this.#addressOf(node, interfaceName);
    if (destination === undefined) return;
    const packets = flood({
      node,
      interfaceName,
      from: at,
      duration,
      rate,
      seed: this.seed,
      makePacket: (random) => garbageDatagram(random, destination, port),
    });
    for (const { time, input } of packets) this.input(time, input);
  }

  #addressOf(name: string, interfaceName: string): IpAddress | undefined {
    const node = this.file.nodes.find((each) => each.name === name);
    if (node?.kind === 'host') return node.options.addresses[0]?.address;
    const port = node?.options.interfaces.find((each) => each.name === interfaceName);
    return port?.addresses.find(({ address }) => !isAny(address))?.address;
  }
}

function makeNode(node: LabNode, seed: number, makeDataPlane: () => DataPlane): Router | Host {
  if (node.kind === 'host') return new Host(node.options);
  const random = new SeededRandom(seed, `node ${node.name}`);
  return new Router(node.options, { dataPlane: makeDataPlane(), random });
}
