/** The consoles of a lab: lines come in as inputs, what they print goes out as records. */
import { assert } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import { debugLine } from '../ios/debug.ts';
import { parseExec } from '../ios/exec.ts';
import { formatLig } from '../ios/lig-text.ts';
import type { NamedHost } from '../ios/named-host.ts';
import { formatPing } from '../ios/ping-text.ts';
import type { NetworkNode, NodeOutput } from '../router/node.ts';
import { formatTraceroute } from '../ios/traceroute-text.ts';
import { DEFAULT_MTU, type RouterOptions } from '../router/options.ts';
import { Router } from '../router/router.ts';
import type { Companion } from './checkpoint.ts';
import type { HostOptions } from './host.ts';
import { Host } from './host.ts';
import type { LabInput } from './journal.ts';
import { clashesOf } from './lab-clash.ts';
import { configureLines, draftOfText } from './lab-console-config.ts';
import {
  newConsole,
  promptEnd,
  type Capture,
  type ConsoleAction,
  type ConsoleNode,
  type ConsoleOutcome,
  type ConsoleState,
} from './lab-console-state.ts';
import { filtered, typeLine } from './lab-console.ts';
import { hostsOf } from './lab-hosts.ts';
import type { LabNode } from './lab-node.ts';
import type { LinkOptions } from './link.ts';
import type { Network } from './network.ts';
import type { Frame, NetworkRecord, RecordOf } from './record.ts';

type Sim = Network<LabInput>;

export interface ConsolesParts {
  readonly nodes: readonly LabNode[];
  readonly links: readonly LinkOptions[];
  /** Undefined for nodes that are no routers. */
  readonly router: (name: string) => Router | undefined;
}

/** One console per node. Their states go back and forth in time with the network. */
export class Consoles implements Companion {
  readonly #parts: ConsolesParts;
  /** As they are before anything was typed. */
  readonly #fresh = new Map<string, ConsoleState>();
  #states = new Map<string, ConsoleState>();

  constructor(parts: ConsolesParts) {
    this.#parts = parts;
  }

  /** The state of a node's console. */
  state(name: string): ConsoleState {
    const state = this.#states.get(name) ?? this.#fresh.get(name);
    if (state !== undefined) return state;
    const node = this.#node(name);
    const fresh = newConsole(node.kind === 'router' ? draftOfText(node.config) : undefined);
    this.#fresh.set(name, fresh);
    return fresh;
  }

  /** Hostname and mode: `lisp1(config)#`. */
  prompt(name: string): string {
    return this.#behind(name, 0).options.hostname + promptEnd(this.state(name));
  }

  /** The nodes as commands name them. */
  hosts(): NamedHost[] {
    const { nodes, router } = this.#parts;
    return hostsOf(nodes, (name) => router(name)?.options);
  }

  /** A line typed now. While the console waits for a command, the line waits too. */
  enter(name: string, line: string, network: Sim): void {
    const state = this.state(name);
    if (state.busy === undefined) this.#carryOut(name, line, network);
    else this.#states.set(name, { ...state, queue: [...state.queue, line] });
  }

  /** Configuration lines entered now, from global configuration mode on. */
  configure(name: string, lines: readonly string[], network: Sim): void {
    const sink = {
      typed: (prompt: string, text: string) => network.note({ kind: 'typed', node: name, prompt, text }),
      printed: (text: string) => this.#print(name, [text], network),
    };
    this.#conclude(
      name,
      configureLines(this.state(name), lines, this.#behind(name, network.now), sink),
      network,
    );
  }

  /** Carries out the lines that waited. */
  resume(name: string, network: Sim): void {
    for (;;) {
      const state = this.state(name);
      const [line, ...queue] = state.queue;
      if (line === undefined || state.busy !== undefined) return;
      this.#states.set(name, { ...state, queue });
      this.#carryOut(name, line, network);
    }
  }

  /** What a line would do now. Changes nothing. */
  look(name: string, line: string, now: Micros): ConsoleOutcome {
    return typeLine(this.state(name), line, this.#behind(name, now));
  }

  /** The output of a show command, whatever mode the console is in. Changes nothing. */
  show(name: string, line: string, now: Micros): readonly string[] {
    const state = { ...this.state(name), mode: 'privileged' } as const;
    const node = this.#behind(name, now);
    const command = parseExec(line, node.options, { hosts: node.hosts });
    if (command.ok && command.value.kind !== 'show') return ['% Not a show command.'];
    return typeLine(state, line, node).lines;
  }

  /** Told of each record: ends of commands, packets for captures. */
  observe(record: NetworkRecord, network: Sim): void {
    switch (record.kind) {
      case 'ping-done':
        this.#finish(record, formatPing(record.result.request, record.result), network);
        break;
      case 'traceroute-done':
        this.#finish(record, formatTraceroute(record.result), network);
        break;
      case 'lig-done':
        this.#finish(record, formatLig(record.result), network);
        break;
      case 'trace':
        this.#debug(record, network);
        break;
      case 'frame':
        this.#capture(record.frame);
        break;
      default:
        break;
    }
  }

  save(): unknown {
    return new Map(this.#states);
  }

  restore(saved: unknown): void {
    this.#states = new Map(saved as ReadonlyMap<string, ConsoleState>);
  }

  #node(name: string): LabNode {
    const node = this.#parts.nodes.find((each) => each.name === name);
    assert(node !== undefined, `there is a node ${name}`);
    return node;
  }

  #behind(name: string, now: Micros): ConsoleNode {
    const router = this.#parts.router(name);
    if (router !== undefined)
      return {
        options: router.options,
        router,
        now,
        hosts: this.hosts(),
        clashes: (options) => this.#clashes(name, options),
      };
    const node = this.#node(name);
    assert(node.kind === 'host', `${name} is a router or a host`);
    return { options: optionsOfHost(node.options), now, hosts: this.hosts() };
  }

  /** As the routers are configured now, but for the one with these options. */
  #clashes(name: string, options: RouterOptions): string[] {
    const { nodes, links, router } = this.#parts;
    const now = nodes.map((node): LabNode => {
      if (node.kind !== 'router') return node;
      return {
        ...node,
        options: node.name === name ? options : (router(node.name)?.options ?? node.options),
      };
    });
    return clashesOf(now, links).map(({ message }) => message);
  }

  #carryOut(name: string, line: string, network: Sim): void {
    const state = this.state(name);
    network.note({ kind: 'typed', node: name, prompt: promptEnd(state), text: line });
    this.#conclude(name, typeLine(state, line, this.#behind(name, network.now)), network);
  }

  #conclude(name: string, { state, lines, action }: ConsoleOutcome, network: Sim): void {
    this.#states.set(name, state);
    this.#print(name, lines, network);
    if (action !== undefined) this.#act(name, action, network);
  }

  #act(name: string, action: ConsoleAction, network: Sim): void {
    const { now } = network;
    network.onNode(name, (node, out) => act(node, action, now, out));
  }

  /** A command is over: its text, and then the lines that were typed meanwhile. */
  #finish(
    { node: name, kind, result }: RecordOf<'ping-done' | 'traceroute-done' | 'lig-done'>,
    text: readonly string[],
    network: Sim,
  ): void {
    const state = this.state(name);
    const { busy } = state;
    const isOurs =
      busy !== undefined &&
      kind === `${busy.kind}-done` &&
      JSON.stringify(busy.request) === JSON.stringify(result.request);
    this.#print(name, isOurs ? filtered(text, busy.line) : text, network);
    if (!isOurs) return;
    const { busy: _, ...idle } = state;
    this.#states.set(name, idle);
    if (idle.queue.length > 0) network.schedule(network.now, { kind: 'resume', node: name });
  }

  #debug({ node: name, time, trace }: RecordOf<'trace'>, network: Sim): void {
    const { debugging = [] } = this.#states.get(name) ?? {};
    const line = debugging.length === 0 ? undefined : debugLine(time, trace, debugging);
    if (line !== undefined) this.#print(name, [line], network);
  }

  #capture(frame: Frame): void {
    for (const [name, state] of this.#states) {
      const { capture } = state;
      if (capture === undefined || capture.stoppedAt !== undefined) continue;
      if (!captures(this.#parts.links[frame.link]!, name, capture)) continue;
      const first = capture.frames?.[0] ?? frame.number;
      const packets = capture.packets + 1;
      const bytes = capture.bytes + frame.bytes.length;
      this.#states.set(name, {
        ...state,
        capture: { ...capture, packets, bytes, frames: [first, frame.number] },
      });
    }
  }

  #print(node: string, lines: readonly string[], network: Sim): void {
    for (const text of lines) network.note({ kind: 'console', node, text });
  }
}

function act(node: NetworkNode, action: ConsoleAction, now: Micros, out: NodeOutput[]): void {
  if (action.kind === 'ping') node.ping(now, action.request, out);
  else if (node instanceof Router) actOnRouter(node, action, now, out);
  else if (node instanceof Host && action.kind === 'traceroute') node.traceroute(now, action.request, out);
  // A node of another make knows only ping; whoever waits for the rest must not wait for ever.
  else if (action.kind === 'traceroute')
    out.push({ kind: 'traceroute-done', result: { request: action.request, hops: [] } });
}

function actOnRouter(
  router: Router,
  action: Exclude<ConsoleAction, { kind: 'ping' }>,
  now: Micros,
  out: NodeOutput[],
): void {
  switch (action.kind) {
    case 'traceroute':
      router.traceroute(now, action.request, out);
      break;
    case 'lig':
      router.lig(now, action.request, out);
      break;
    case 'configure':
      router.configure(now, action.options, out);
      break;
    case 'clear-map-cache':
      router.clearMapCache(now, action.family, action.eid, out);
      break;
    case 'clear-statistics':
      router.clearStatistics();
      break;
    case 'clear-sites':
      router.clearSites(now, action, out);
      break;
    case 'clear-counters':
      router.clearInterfaceCounts(now, action.interfaceName);
      break;
    case 'trace':
      router.traceNext(action.count);
      break;
    case 'clear-trace':
      router.clearPacketTraces();
      break;
  }
}

/** The link is at the node, at the interface that the capture asks for. */
export function captures({ a, b }: LinkOptions, name: string, { interfaceName }: Capture): boolean {
  return [a, b].some(
    (end) => end.node === name && (interfaceName === undefined || end.interfaceName === interfaceName),
  );
}

function optionsOfHost({ name, interfaceName, mtu, addresses }: HostOptions): RouterOptions {
  return {
    hostname: name,
    interfaces: [{ name: interfaceName ?? 'eth0', shutdown: false, mtu: mtu ?? DEFAULT_MTU, addresses }],
    staticRoutes: [],
  };
}
