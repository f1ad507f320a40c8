import type { Family } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random, RandomState } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { Counters, DataPlane, InjectOptions } from '../engine/data-plane.ts';
import { Model } from '../engine/model.ts';
import type { Explanation } from '../engine/phases.ts';
import type { Eid, EidPrefix } from '../mapping/eid.ts';
import type { CacheEntry, SendOutput } from '../roles/machine.ts';
import { missConfig, type MissConfig } from '../roles/miss.ts';
import { decodeIp } from '../wire/ip-packet.ts';
import { buildUdpPacket } from '../wire/udp.ts';
import { ControlCounters } from './control-counters.ts';
import { ControlPlane, type ControlPlaneState } from './control-plane.ts';
import { forwardingEntry, locatorState } from './encap-targets.ts';
import { ForwardingCounters, type ForwardingCounterState } from './forwarding-counters.ts';
import { ForwardingProgram } from './forwarding-program.ts';
import { HoldBuffer, type HoldState } from './hold.ts';
import type { ErrorCause } from './icmp-errors.ts';
import { ownRlocs } from './lisp-config.ts';
import { readLocalPacket } from './local-packet.ts';
import type { Arrival, NetworkNode, NodeOutput, PingRequest } from './node.ts';
import { perFamily, type DatabaseMapping, type RouterOptions } from './options.ts';
import { PacketPath, type Decision } from './packet-path.ts';
import { LocalServices, type LocalServiceState } from './local-services.ts';
import { ORIGINATED_TTL } from './ping.ts';
import { staticProgram } from './static-program.ts';
import { routeView, Underlay } from './underlay.ts';
import type { CacheEntryView, RouterView, RouteView, SiteView } from './view.ts';

/** Packet buffers of the smallest engine; a quarter of them may hold packets. */
const BUFFER_COUNT = 128;

/** What a router needs from above: its engine and its randomness. Both belong to it alone from then on. */
export interface RouterParts {
  readonly dataPlane: DataPlane;
  readonly random: Random;
  /** Wall-clock seconds at time 0 (CP-29); default 0. */
  readonly clockSec?: number;
}

/** Plain data, structured-clone safe. The engine's tables are not part of it: they follow from the rest. */
export interface RouterState {
  readonly options: RouterOptions;
  readonly random: RandomState;
  readonly control: ControlPlaneState;
  readonly held: HoldState;
  readonly services: LocalServiceState;
  readonly counters: readonly (readonly [string, number])[];
  readonly forwarding: ForwardingCounterState;
}

/**
 * One router: engine, LISP roles, underlay and its own IP services, still sans-IO. Time and packets come in,
 * packets and trace events go out; see docs/architecture.md for the way a packet takes.
 */
export class Router implements NetworkNode, RouterView {
  #options: RouterOptions;
  #underlay: Underlay;
  readonly #random: Random;
  readonly #clockSec: number;
  readonly #entryCapacity: number;
  readonly #path: PacketPath;
  readonly #program: ForwardingProgram;
  readonly #forwardingCounters: ForwardingCounters;
  readonly #control: ControlPlane;
  readonly #held: HoldBuffer;
  readonly #services: LocalServices;
  readonly #counters = new ControlCounters();
  /** Map-Cache entries that are not published yet: held packets wait for that. */
  #installed: EidPrefix[] = [];
  #now: Micros = 0;
  /** Where outputs go during a call. */
  #out: NodeOutput[] = [];

  constructor(options: RouterOptions, { dataPlane, random, clockSec = 0 }: RouterParts) {
    this.#options = options;
    this.#underlay = new Underlay(options);
    this.#random = random;
    this.#clockSec = clockSec;
    this.#entryCapacity = dataPlane.entryCapacity;
    this.#held = new HoldBuffer(this.#missConfig());
    this.#path = new PacketPath(dataPlane);
    this.#program = new ForwardingProgram(dataPlane);
    this.#forwardingCounters = new ForwardingCounters(dataPlane);
    this.#services = new LocalServices({
      originate: (bytes) => {
        this.#originate(bytes);
      },
      pingDone: (result) => this.#out.push({ kind: 'ping-done', result }),
      count: (name, fields) => {
        this.#count(name, fields);
      },
    });
    this.#control = new ControlPlane(random, {
      send: (output) => {
        this.#send(output);
      },
      install: (entry) => {
        this.#install(entry);
      },
      uninstall: (eid) => {
        this.#program.removeEntry(eid);
        this.#forwardingCounters.forget(eid);
      },
      giveUp: (eid) => {
        this.#giveUp(eid);
      },
      drop: (reason, detail) => {
        this.#drop(reason, detail);
      },
      trace: (event) => this.#out.push({ kind: 'trace', event }),
    });
  }

  // ---- NetworkNode ---------------------------------------------------------------------------------------------

  get name(): string {
    return this.#options.hostname;
  }

  get interfaces(): readonly string[] {
    return this.#options.interfaces.map(({ name }) => name);
  }

  start(now: Micros, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#applyOptions();
      this.#control.start(now);
    });
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#tick();
      for (const { interfaceIndex, bytes } of arrivals) this.#path.push(bytes, { interfaceIndex });
    });
  }

  nextDeadline(): Micros {
    return Math.min(this.#control.nextDeadline(), this.#held.nextDeadline(), this.#services.nextDeadline());
  }

  ping(now: Micros, request: PingRequest, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#services.ping(now, request, this.#underlay);
    });
  }

  save(): RouterState {
    const cached = [...this.#control.mapCache()].map(({ mapping }) => mapping.eid);
    return {
      options: structuredClone(this.#options),
      random: this.#random.save(),
      control: this.#control.save(),
      held: this.#held.save(),
      services: this.#services.save(),
      counters: this.#counters.save(),
      forwarding: this.#forwardingCounters.save(cached),
    };
  }

  restore(saved: unknown): void {
    const state = saved as RouterState;
    this.#options = structuredClone(state.options);
    this.#underlay = new Underlay(this.#options);
    this.#random.restore(state.random);
    this.#control.restore(this.#options.lisp, state.control);
    this.#held.configure(this.#missConfig());
    this.#held.restore(state.held);
    this.#services.restore(state.services);
    this.#counters.restore(state.counters);
    this.#program.removeAllEntries();
    this.#publish();
    this.#program.setStatic(staticProgram(this.#options.lisp, this.#underlay));
    for (const entry of this.#control.mapCache()) this.#programEntry(entry);
    this.#publish();
    this.#forwardingCounters.restore(state.forwarding);
  }

  // ---- configuration and insight ---------------------------------------------------------------------------------

  /** Takes a new configuration; what still holds (caches, registrations, timers) is kept. */
  configure(now: Micros, options: RouterOptions, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#options = options;
      this.#underlay = new Underlay(options);
      this.#applyOptions();
    });
  }

  /** What would become of a packet here and now, and why. Changes nothing. */
  explain(packet: Uint8Array, options: InjectOptions): Explanation {
    const model = new Model();
    this.#program.replay(model);
    return model.explain(packet, options);
  }

  get options(): RouterOptions {
    return this.#options;
  }

  mapCache(family: Family, instanceId = 0): readonly CacheEntryView[] {
    const usePetr = this.#options.lisp && perFamily(this.#options.lisp.itr, family).usePetr;
    return [...this.#control.mapCache()]
      .filter(({ mapping: { eid } }) => eid.prefix.address.family === family && eid.instanceId === instanceId)
      .map((entry) => ({
        entry,
        hits: this.#forwardingCounters.hits(entry.mapping.eid),
        locators: entry.mapping.locators.map((locator) => ({
          locator,
          state: locatorState(locator, this.#underlay),
          since: entry.installed,
        })),
        viaPetr: isNativelyForwarded(entry) && usePetr !== undefined && usePetr.length > 0,
      }));
  }

  database(family: Family): readonly DatabaseMapping[] {
    const all = this.#options.lisp?.databaseMappings ?? [];
    return all.filter(({ eid }) => eid.prefix.address.family === family);
  }

  sites(): readonly SiteView[] {
    return this.#control.sites();
  }

  routes(family: Family): readonly RouteView[] {
    const { interfaces } = this.#options;
    return this.#underlay
      .routes()
      .filter(({ prefix }) => prefix.address.family === family)
      .map((route) => routeView(route, interfaces));
  }

  forwarding(): Counters {
    return this.#forwardingCounters.read();
  }

  control(): ReadonlyMap<string, number> {
    return this.#counters.all();
  }

  /** What this router would answer as a Map-Server; undefined when it is none. For `explain`. */
  answerFor(eid: Eid): ReturnType<ControlPlane['answerFor']> {
    return this.#control.answerFor(eid);
  }

  // ---- the work of one call ----------------------------------------------------------------------------------------

  #during(now: Micros, out: NodeOutput[], work: () => void): void {
    this.#now = now;
    this.#out = out;
    work();
    this.#drain();
    this.#out = [];
  }

  #applyOptions(): void {
    this.#program.setStatic(staticProgram(this.#options.lisp, this.#underlay));
    this.#held.configure(this.#missConfig());
    this.#control.configure(this.#now, this.#options.lisp, this.#underlay, {
      hostname: this.#options.hostname,
      clockSec: this.#clockSec,
      entryCapacity: this.#entryCapacity,
    });
    for (const entry of this.#control.mapCache()) this.#programEntry(entry);
  }

  #missConfig(): MissConfig {
    return missConfig(this.#options.lisp?.missPolicy ?? 'drop', BUFFER_COUNT);
  }

  #tick(): void {
    this.#control.tick(this.#now);
    for (const { bytes } of this.#held.expire(this.#now)) {
      this.#count('packet:hold-expired', packetFields(bytes));
    }
    this.#services.tick(this.#now);
  }

  /** Lack of room in the engine is counted and told; the tables stay as they were until there is less to hold. */
  #publish(): void {
    const error = this.#program.publish();
    if (error === undefined) return;
    const { section, wanted, have } = error;
    this.#count('drop:engine-no-room', { section, wanted, have });
  }

  /** Publishes table changes and moves packets until none is left: what this router sends may come back to it. */
  #drain(): void {
    for (;;) {
      this.#publish();
      const installed = this.#installed.splice(0);
      for (const { bytes, options } of installed.flatMap((eid) => this.#held.release(eid))) {
        this.#path.push(bytes, options);
      }
      if (!this.#path.isBusy) return;
      for (const decision of this.#path.run()) this.#act(decision);
    }
  }

  #originate(bytes: Uint8Array): void {
    this.#path.push(bytes, { interfaceIndex: 0, originated: true });
  }

  #act(decision: Decision): void {
    const { bytes, options } = decision;
    switch (decision.kind) {
      case 'transmit':
        this.#out.push({ kind: 'transmit', interfaceIndex: decision.interfaceIndex, bytes });
        break;
      case 'local':
        this.#deliver(bytes, options);
        break;
      case 'lookup':
        this.#lookup(bytes, options);
        break;
      case 'fragment':
        for (const fragment of decision.fragments) this.#path.push(fragment, options);
        break;
      case 'refuse':
        this.#count(`packet:${decision.reason}`, packetFields(bytes));
        if (decision.error !== undefined) this.#refuse(decision.error, bytes, options, decision.mtu);
        break;
      case 'too-long':
        this.#count('packet:too-long', packetFields(bytes));
        break;
    }
  }

  /** Own packets have nobody to tell. */
  #refuse(cause: ErrorCause, bytes: Uint8Array, options: InjectOptions, mtu: number): void {
    if (options.originated === true) return;
    const { interfaceIndex } = options;
    this.#services.refuse(this.#now, { cause, bytes, interfaceIndex, mtu }, this.#underlay);
  }

  #lookup(bytes: Uint8Array, options: InjectOptions): void {
    const ip = decodeIp(bytes);
    if (!ip.ok) return;
    const eid: Eid = { instanceId: options.instanceId ?? 0, address: ip.value.destination };
    const verdict = this.#held.offer(this.#now, eid, bytes, options);
    this.#count(`packet:${verdict}`, packetFields(bytes));
    this.#control.lookup(this.#now, eid, ip.value.source);
  }

  #install(entry: CacheEntry): void {
    this.#programEntry(entry);
    this.#installed.push(entry.mapping.eid);
  }

  #programEntry({ mapping }: CacheEntry): void {
    const own = this.#options.lisp === undefined ? [] : ownRlocs(this.#options.lisp, this.#underlay);
    this.#program.setEntry(forwardingEntry(mapping, own, this.#underlay));
  }

  #giveUp(eid: Eid): void {
    for (const { bytes } of this.#held.giveUp(eid)) this.#count('packet:unresolved', packetFields(bytes));
  }

  #send({ payload, source, sourcePort, to }: SendOutput): void {
    const from = source ?? this.#underlay.sourceFor(to.address);
    if (from === undefined || from.family !== to.address.family) {
      this.#count('drop:no-source-address', { to: formatIp(to.address) });
      return;
    }
    this.#originate(
      buildUdpPacket(
        {
          source: from,
          destination: to.address,
          sourcePort,
          destinationPort: to.port,
          ttl: ORIGINATED_TTL,
          checksum: 'compute',
        },
        payload,
      ),
    );
  }

  // ---- packets for this router ---------------------------------------------------------------------------------------

  #deliver(bytes: Uint8Array, options: InjectOptions): void {
    const packet = readLocalPacket(bytes);
    switch (packet.kind) {
      case 'control':
        this.#control.receive(this.#now, packet.received);
        break;
      case 'icmp':
        this.#services.receive(this.#now, packet.ip, packet.message);
        break;
      case 'closed-port':
        this.#count('drop:closed-port', packetFields(bytes));
        this.#refuse('port-unreachable', bytes, options, 0);
        break;
      case 'refused':
        this.#drop(packet.reason, packet.detail);
        break;
    }
  }

  #drop(reason: string, detail?: string): void {
    this.#count(`drop:${reason}`, detail === undefined ? {} : { detail });
  }

  #count(name: string, fields: TraceFields): void {
    this.#counters.add(name);
    this.#out.push({ kind: 'trace', event: { source: 'router', event: name, fields } });
  }
}

function isNativelyForwarded({ mapping }: CacheEntry): boolean {
  return mapping.locators.length === 0 && mapping.action === 1;
}

function packetFields(bytes: Uint8Array): TraceFields {
  const ip = decodeIp(bytes);
  if (!ip.ok) return { bytes: bytes.length };
  return { from: formatIp(ip.value.source), to: formatIp(ip.value.destination) };
}
