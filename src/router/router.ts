import type { Family } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { Counters, DataPlane, InjectOptions } from '../engine/data-plane.ts';
import type { Explanation } from '../engine/phases.ts';
import type { Eid, EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { SendOutput } from '../roles/machine.ts';
import { buildUdpPacket } from '../wire/udp.ts';
import { ControlCounters } from './control-counters.ts';
import { ControlPlane, type SiteSelection } from './control-plane.ts';
import { ForwardingCounters } from './forwarding-counters.ts';
import { ForwardingProgram } from './forwarding-program.ts';
import { forwardingEntryViews, mapCacheView, routeViews } from './insight.ts';
import { InterfaceCounters, type InterfaceCounts } from './interface-counters.ts';
import { MapCacheProgram } from './map-cache-program.ts';
import type { Moment } from './moment.ts';
import type { Arrival, LigRequest, NetworkNode, NodeOutput, PingRequest, TracerouteRequest } from './node.ts';
import type { DatabaseMapping, RouterOptions } from './options.ts';
import { ORIGINATED_TTL } from './ping.ts';
import type { RouterState } from './router-state.ts';
import { staticProgram } from './static-program.ts';
import { Traffic } from './traffic.ts';
import { Routing } from './routing.ts';
import type { Underlay } from './underlay.ts';
import type {
  CacheEntryView,
  ForwardingEntryView,
  MapServerView,
  PacketTrace,
  RipView,
  RouterView,
  RouteView,
  SiteView,
} from './view.ts';

/** What a router needs from above: its engine and its randomness. Both belong to it alone from then on. */
export interface RouterParts {
  readonly dataPlane: DataPlane;
  readonly random: Random;
  /** Wall-clock seconds at time 0 (CP-29); default 0. */
  readonly clockSec?: number;
}

/**
 * One router: engine, LISP roles, underlay and its own IP services, still sans-IO. Time and packets come in,
 * packets and trace events go out; see docs/architecture.md for the way a packet takes.
 */
export class Router implements NetworkNode, RouterView {
  #options: RouterOptions;
  #firstName: string;
  readonly #routing: Routing;
  readonly #random: Random;
  readonly #clockSec: number;
  readonly #entryCapacity: number;
  readonly #program: ForwardingProgram;
  readonly #forwardingCounters: ForwardingCounters;
  readonly #control: ControlPlane;
  readonly #traffic: Traffic;
  readonly #counters = new ControlCounters();
  readonly #mapCache: MapCacheProgram;
  readonly #interfaceCounters = new InterfaceCounters();
  #now: Micros = 0;
  /** Where outputs go during a call. */
  #out: NodeOutput[] = [];

  constructor(options: RouterOptions, { dataPlane, random, clockSec = 0 }: RouterParts) {
    this.#options = options;
    this.#firstName = options.hostname;
    this.#routing = new Routing(options, random, {
      transmit: (interfaceIndex, bytes) => {
        this.#emit({ kind: 'transmit', interfaceIndex, bytes });
      },
      drop: (reason, detail) => {
        this.#count(`drop:${reason}`, { detail });
      },
      trace: (event) => this.#out.push({ kind: 'trace', event }),
      changed: () => {
        this.#applyRoutes();
      },
    });
    this.#random = random;
    this.#clockSec = clockSec;
    this.#entryCapacity = dataPlane.entryCapacity;
    this.#program = new ForwardingProgram(dataPlane);
    this.#forwardingCounters = new ForwardingCounters(dataPlane);
    const moment = (): Moment => ({ now: this.#now, options: this.#options, underlay: this.#underlay });
    this.#mapCache = new MapCacheProgram(this.#program, random, {
      moment,
      entries: () => this.#control.mapCache(),
      count: (name, fields) => {
        this.#count(name, fields);
      },
    });
    this.#traffic = new Traffic(dataPlane, this.#program, {
      moment,
      emit: (output) => {
        this.#emit(output);
      },
      count: (name, fields) => {
        this.#count(name, fields);
      },
      countInput: (index, bytes) => {
        this.#interfaceCounters.countInput(this.#nameOf(index), bytes);
      },
      countInputDrop: (index) => {
        this.#interfaceCounters.countInputDrop(this.#nameOf(index));
      },
      publish: () => {
        this.#publish();
        return this.#mapCache.takeInstalled();
      },
      lookup: (eid, source) => {
        this.#control.lookup(this.#now, eid, source);
      },
      pathMtu: (rloc, mtu) => {
        this.#mapCache.lowerMtu(rloc, mtu);
      },
      tunnel: (instanceId, report) => {
        const entry = this.#control.cached({ instanceId, address: report.innerSource });
        this.#mapCache.hear(report, entry);
      },
      receive: (received) => {
        this.#control.receive(this.#now, received);
      },
      hear: (received) => this.#routing.hear(this.#now, received),
    });
    this.#control = new ControlPlane(random, {
      send: (output) => {
        this.#send(output);
      },
      install: (entry) => {
        this.#mapCache.install(entry);
      },
      uninstall: (eid) => {
        this.#mapCache.uninstall(eid);
        this.#forwardingCounters.forget(eid);
      },
      giveUp: (eid) => {
        this.#traffic.giveUp(eid);
      },
      drop: (reason, detail) => {
        this.#count(`drop:${reason}`, detail === undefined ? {} : { detail });
      },
      trace: (event) => {
        this.#counters.addMessage(event);
        this.#out.push({ kind: 'trace', event });
      },
      ligDone: (result) => this.#out.push({ kind: 'lig-done', result }),
      hitsOf: (eid) => this.#forwardingCounters.hitsEver(eid),
    });
  }

  // ---- NetworkNode ---------------------------------------------------------------------------------------------

  /** The hostname. */
  get name(): string {
    return this.#options.hostname;
  }

  /** The hostname it began with. It does not become another LISP node by being called something else. */
  get firstName(): string {
    return this.#firstName;
  }

  get interfaces(): readonly string[] {
    return this.#options.interfaces.map(({ name }) => name);
  }

  start(now: Micros, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#routing.configure(now, this.#options);
      this.#applyRoutes();
      this.#control.start(now);
    });
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#routing.tick(now);
      this.#control.tick(now);
      this.#mapCache.tick();
      this.#traffic.tick();
      this.#traffic.arrive(arrivals);
    });
  }

  nextDeadline(): Micros {
    return Math.min(
      this.#routing.nextDeadline(),
      this.#control.nextDeadline(),
      this.#traffic.nextDeadline(),
      this.#mapCache.nextDeadline(),
    );
  }

  ping(now: Micros, request: PingRequest, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#traffic.ping(request);
    });
  }

  traceroute(now: Micros, request: TracerouteRequest, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#traffic.traceroute(request);
    });
  }

  /** Asks the mapping system about an EID and installs nothing; the result comes as an output. */
  lig(now: Micros, request: LigRequest, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#control.lig(now, request, this.#underlay);
    });
  }

  save(): RouterState {
    const cached = [...this.#control.mapCache()].map(({ mapping }) => mapping.eid);
    return {
      options: structuredClone(this.#options),
      firstName: this.#firstName,
      random: this.#random.save(),
      rip: this.#routing.save(),
      control: this.#control.save(),
      traffic: this.#traffic.save(),
      counters: this.#counters.save(),
      mapCache: this.#mapCache.save(),
      forwarding: this.#forwardingCounters.save(cached),
      interfaces: this.#interfaceCounters.save(),
    };
  }

  /** Takes back a RouterState. The data plane is told its tables again, and those of before are removed. */
  restore(saved: unknown): void {
    const state = saved as RouterState;
    this.#options = structuredClone(state.options);
    this.#firstName = state.firstName;
    this.#random.restore(state.random);
    this.#routing.restore(this.#options, state.rip);
    this.#control.restore(this.#options.lisp, state.control);
    this.#traffic.configure(this.#options.lisp?.missPolicy ?? 'drop');
    this.#traffic.restore(state.traffic);
    this.#counters.restore(state.counters);
    this.#program.removeAllEntries();
    this.#publish();
    this.#program.setStatic(staticProgram(this.#options.lisp, this.#underlay, this.#routing.groups()));
    this.#mapCache.restore(state.mapCache);
    this.#publish();
    this.#forwardingCounters.restore(state.forwarding);
    this.#interfaceCounters.restore(state.interfaces);
  }

  // ---- configuration and insight ---------------------------------------------------------------------------------

  /** Takes a new configuration; what still holds (caches, registrations, timers) is kept. */
  configure(now: Micros, options: RouterOptions, out: NodeOutput[]): void {
    this.#during(now, out, () => {
      this.#options = options;
      this.#routing.configure(now, options);
      this.#applyRoutes();
    });
  }

  /** What would become of a packet here and now, and why. Changes nothing. */
  explain(packet: Uint8Array, options: InjectOptions): Explanation {
    return this.#traffic.explain(packet, options);
  }

  /** Records the next `count` packets that the data plane takes up, with the steps of their forwarding. */
  traceNext(count: number): void {
    this.#traffic.traceNext(count);
  }

  /** What was recorded, oldest first; the last 1,000 packets at most. */
  packetTraces(): readonly PacketTrace[] {
    return this.#traffic.traces();
  }

  /** Forgets what was recorded and stops recording. */
  clearPacketTraces(): void {
    this.#traffic.clearTraces();
  }

  /**
   * Forgets what Map-Replies said: all of a family, or exactly one EID-Prefix. Static entries stay, and so do packets
   * that are held and Map-Requests that are out. Returns how many entries went.
   */
  clearMapCache(now: Micros, family: Family, eid: EidPrefix | undefined, out: NodeOutput[]): number {
    let count = 0;
    this.#during(now, out, () => {
      count = this.#control.clearMapCache(now, family, eid);
    });
    return count;
  }

  /**
   * Forgets what is registered with this Map-Server: everything, or that of a site, or of an EID-Prefix and of what
   * lies in it. The ETRs' next Map-Registers bring it back. Returns how many registrations went.
   */
  clearSites(now: Micros, which: SiteSelection, out: NodeOutput[]): number {
    let count = 0;
    this.#during(now, out, () => {
      count = this.#control.clearSites(now, which);
    });
    return count;
  }

  /** Counters of the data plane, hits of the Map-Cache and counters of the control plane start from zero. */
  clearStatistics(): void {
    this.#forwardingCounters.clear([...this.#control.mapCache()].map(({ mapping }) => mapping.eid));
    this.#counters.clear();
  }

  /** Packets of one interface, or of all, count from zero. */
  clearInterfaceCounts(now: Micros, name?: string): void {
    for (const each of name === undefined ? this.interfaces : [name])
      this.#interfaceCounters.clear(now, each);
  }

  /** The running configuration. Plain data that is not changed in place. */
  get options(): RouterOptions {
    return this.#options;
  }

  mapCache(family: Family, instanceId = 0): readonly CacheEntryView[] {
    const hits = (eid: EidPrefix): number => this.#forwardingCounters.hits(eid);
    const since = (eid: EidPrefix, locator: Locator): Micros | undefined =>
      this.#mapCache.since(eid, locator);
    const isDown = (eid: EidPrefix, locator: Locator): boolean => this.#mapCache.isDown(eid, locator);
    const key = { family, instanceId };
    return mapCacheView(this.#control.mapCache(), key, this.#options, this.#underlay, {
      hits,
      since,
      isDown,
    });
  }

  forwardingEntries(family: Family, instanceId = 0): readonly ForwardingEntryView[] {
    const hits = (eid: EidPrefix): number => this.#forwardingCounters.hits(eid);
    return forwardingEntryViews(this.#program, { family, instanceId }, this.#options, hits);
  }

  database(family: Family): readonly DatabaseMapping[] {
    const all = this.#options.lisp?.databaseMappings ?? [];
    return all.filter(({ eid }) => eid.prefix.address.family === family);
  }

  mapServers(): readonly MapServerView[] {
    return this.#control.mapServers();
  }

  sites(): readonly SiteView[] {
    return this.#control.sites();
  }

  routes(family: Family): readonly RouteView[] {
    return routeViews(family, this.#options, this.#underlay);
  }

  rip(): RipView | undefined {
    return this.#routing.view();
  }

  forwarding(): Counters {
    return this.#forwardingCounters.read();
  }

  control(): ReadonlyMap<string, number> {
    return this.#counters.all();
  }

  interfaceCounts(name: string): InterfaceCounts {
    return this.#interfaceCounters.read(name);
  }

  /**
   * What this router would answer as a Map-Server; undefined when it is none. For `explain`.
   * @internal
   */
  answerFor(eid: Eid): ReturnType<ControlPlane['answerFor']> {
    return this.#control.answerFor(eid);
  }

  // ---- the work of one call ----------------------------------------------------------------------------------------

  #during(now: Micros, out: NodeOutput[], work: () => void): void {
    this.#now = now;
    this.#out = out;
    work();
    this.#traffic.run();
    this.#out = [];
  }

  get #underlay(): Underlay {
    return this.#routing.underlay;
  }

  /** What follows from configuration and routes: the tables of the data plane, the addresses that the roles use. */
  #applyRoutes(): void {
    this.#program.setStatic(staticProgram(this.#options.lisp, this.#underlay, this.#routing.groups()));
    this.#traffic.configure(this.#options.lisp?.missPolicy ?? 'drop');
    this.#control.configure(this.#now, this.#options.lisp, this.#underlay, {
      firstName: this.#firstName,
      clockSec: this.#clockSec,
      entryCapacity: this.#entryCapacity,
    });
    this.#mapCache.configure(this.#control.database());
  }

  /** Lack of room in the engine is counted and told; the tables stay as they were until there is less to hold. */
  #publish(): void {
    const error = this.#program.publish();
    if (error === undefined) {
      this.#forwardingCounters.published();
      return;
    }
    const { section, wanted, have } = error;
    this.#count('drop:engine-no-room', { section, wanted, have });
  }

  #send({ payload, source, sourcePort, to }: SendOutput): void {
    const from = source ?? this.#underlay.sourceFor(to.address);
    if (from === undefined || from.family !== to.address.family) {
      this.#count('drop:no-source-address', { to: formatIp(to.address) });
      return;
    }
    this.#traffic.originateControl(
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

  #emit(output: NodeOutput): void {
    if (output.kind === 'transmit')
      this.#interfaceCounters.countOutput(this.#nameOf(output.interfaceIndex), output.bytes.length);
    this.#out.push(output);
  }

  #nameOf(interfaceIndex: number): string {
    return this.#options.interfaces[interfaceIndex]?.name ?? '?';
  }

  #count(name: string, fields: TraceFields): void {
    this.#counters.add(name);
    this.#out.push({ kind: 'trace', event: { source: 'router', event: name, fields } });
  }
}
