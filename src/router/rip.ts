/**
 * RIP version 2 (RFC 2453) for the underlay of labs: tells neighbours the own routes and those learned, and learns
 * theirs. Choices as IOS makes them: a route is kept with the metric that it was told with, and what it costs is added
 * when it is passed on; a lost route is told as unreachable for flush minus invalid; split horizon holds for every route
 * by the interface that it leads out of, be it learned, static or connected. Poisoned reverse goes only to neighbours
 * who were told the route before it turned round.
 */
import { contains, sameIp, samePrefix, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import { seconds, type Micros } from '../base/time.ts';
import {
  isWholeTableRequest,
  RIP_PORT,
  RIP_REQUEST,
  RIP_RESPONSE,
  RIP_VERSION,
  type RipMessage,
} from '../wire/rip.ts';
import type { RipConfig } from './announce.ts';
import { Announcer, type AnnouncerState } from './rip-announcer.ts';
import { answered, offerOf, responses, subnetOf, type RipInterface, type RipOutput } from './rip-message.ts';
import {
  garbageTime,
  isLost,
  LearnedRoutes,
  type LearnedRoute,
  type Offer,
  type RouteLifetimes,
} from './rip-routes.ts';

/** A message from a link. */
export interface ReceivedRip {
  readonly interfaceIndex: number;
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly message: RipMessage;
}

/** A neighbour that told routes, and when it did so last. */
export interface RipNeighbour {
  readonly address: IpAddress;
  readonly heard: Micros;
}

/** Plain data, structured-clone safe. */
export interface RipState {
  readonly config: RipConfig | undefined;
  readonly learned: readonly LearnedRoute[];
  readonly neighbours: readonly RipNeighbour[];
  readonly announcer: AnnouncerState;
}

/** One router's RIP. `random` decides where the standard leaves room; nothing is drawn while RIP is off. */
export class Rip {
  readonly #learned = new LearnedRoutes();
  readonly #announcer: Announcer;
  #config: RipConfig | undefined;
  #neighbours: RipNeighbour[] = [];

  constructor(random: Random) {
    this.#announcer = new Announcer(random, this.#learned);
  }

  /** Absent: RIP is off, and its port is closed. */
  get config(): RipConfig | undefined {
    return this.#config;
  }

  /** Of the next update that is due by itself; NEVER while RIP is off. */
  get nextUpdate(): Micros {
    return this.#announcer.nextUpdate;
  }

  /** Takes what holds now. Without a configuration it falls silent and forgets what it learned. */
  configure(now: Micros, config: RipConfig | undefined, out: RipOutput[]): void {
    this.#config = config;
    this.#leaveInterfaces(now, out);
    this.#leaveOrigins(out);
    this.#announcer.configure(now, config, out);
    this.#announcer.tellChanges(now, out);
  }

  receive(now: Micros, received: ReceivedRip, out: RipOutput[]): void {
    const port = this.#config?.interfaces.find(({ index }) => index === received.interfaceIndex);
    const refusal = port === undefined ? 'interface' : refusalOf(received, port);
    if (refusal !== undefined || port === undefined) {
      out.push({ kind: 'drop', reason: `rip-${refusal ?? ''}`, detail: formatIp(received.source) });
      return;
    }
    if (received.message.command === RIP_REQUEST) this.#answer(now, received, port, out);
    else this.#learn(now, received, port, out);
  }

  tick(now: Micros, out: RipOutput[]): void {
    for (const route of this.#learned.all()) {
      if (!isLost(route) && route.due <= now) this.#lose(now, route, 'timed-out', out);
    }
    this.#announcer.tick(now, out);
    this.#forget(now, out);
  }

  nextDeadline(): Micros {
    const due = this.#learned
      .all()
      .flatMap((route) => (isLost(route) && this.#announcer.isUntold(route.prefix) ? [] : [route.due]));
    return Math.min(this.#announcer.nextDeadline(), ...due);
  }

  /** The routes to use, in prefix order. */
  routes(): LearnedRoute[] {
    return this.#learned.all().filter((route) => !isLost(route));
  }

  /** Everything that was learned, lost routes included, in prefix order. */
  learned(): LearnedRoute[] {
    return this.#learned.all();
  }

  /** In order of their addresses. */
  neighbours(): readonly RipNeighbour[] {
    return this.#neighbours;
  }

  save(): RipState {
    return structuredClone({
      config: this.#config,
      learned: this.#learned.all(),
      neighbours: this.#neighbours,
      announcer: this.#announcer.save(),
    });
  }

  restore(saved: RipState): void {
    const { config, learned, neighbours, announcer } = structuredClone(saved);
    this.#config = config;
    this.#learned.replaceAll(learned);
    this.#neighbours = [...neighbours];
    this.#announcer.restore(config, announcer);
  }

  /** Interfaces that are down or no longer speak RIP take what came by them along. */
  #leaveInterfaces(now: Micros, out: RipOutput[]): void {
    const ports = this.#config?.interfaces ?? [];
    for (const route of this.#learned.all()) {
      const port = ports.find(({ index }) => index === route.interfaceIndex);
      if (port !== undefined && contains(subnetOf(port), route.from)) continue;
      if (!isLost(route)) this.#lose(now, route, 'interface-down', out);
      if (this.#config === undefined) this.#learned.forget(route.prefix);
    }
    this.#neighbours = this.#neighbours.filter(({ address }) =>
      ports.some((port) => contains(subnetOf(port), address)),
    );
  }

  /** Nobody's way to what is our own is shorter, and after a while it would be an echo of what we told. */
  #leaveOrigins(out: RipOutput[]): void {
    for (const route of this.#learned.all()) {
      if (!this.#isOrigin(route.prefix)) continue;
      this.#learned.forget(route.prefix);
      if (!isLost(route)) out.push({ kind: 'routes-changed' });
    }
  }

  #answer(
    now: Micros,
    { source, sourcePort, message }: ReceivedRip,
    port: RipInterface,
    out: RipOutput[],
  ): void {
    if (port.passive || message.entries.length === 0) return;
    out.push({ kind: 'trace', event: 'request-answered', fields: { to: formatIp(source) } });
    // A question about single prefixes is a diagnosis: it hears everything, wherever that leads.
    const payloads = isWholeTableRequest(message)
      ? responses(this.#announcer.tell(now, port), port.mtu)
      : [answered(message, (prefix) => this.#announcer.metricOf(prefix))];
    for (const payload of payloads) out.push({ kind: 'send', port, to: source, toPort: sourcePort, payload });
  }

  #learn(now: Micros, { source, message }: ReceivedRip, port: RipInterface, out: RipOutput[]): void {
    const fields = { from: formatIp(source), interface: port.name, routes: message.entries.length };
    out.push({ kind: 'trace', event: 'update-received', fields });
    this.#neighbours = [
      ...this.#neighbours.filter(({ address }) => !sameIp(address, source)),
      { address: source, heard: now },
    ].sort((a, b) => a.address.w0 - b.address.w0);
    for (const entry of message.entries) {
      const offer = entry.kind === 'route' ? offerOf(entry, source, port) : undefined;
      if (offer === undefined) {
        out.push({ kind: 'drop', reason: 'rip-bad-route', detail: formatIp(source) });
      } else if (!this.#isOrigin(offer.prefix)) this.#take(now, offer, port, out);
    }
    this.#announcer.tellChanges(now, out);
  }

  #take(now: Micros, offer: Offer, port: RipInterface, out: RipOutput[]): void {
    const result = this.#learned.offer(now, offer, this.#lifetimes());
    if (result === 'ignored' || result === 'refreshed') return;
    const { prefix, metric, gateway } = offer;
    const via = { prefix: formatPrefix(prefix), via: formatIp(gateway), interface: port.name };
    const [event, rest] =
      result === 'learned' ? ['route-learned', { metric }] : ['route-lost', { why: 'withdrawn' }];
    out.push({ kind: 'trace', event, fields: { ...via, ...rest } });
    this.#changed(prefix, out);
  }

  #lose(now: Micros, route: LearnedRoute, why: string, out: RipOutput[]): void {
    this.#learned.lose(now, route, this.#lifetimes());
    const fields = { prefix: formatPrefix(route.prefix), via: formatIp(route.gateway), why };
    out.push({ kind: 'trace', event: 'route-lost', fields });
    this.#changed(route.prefix, out);
  }

  #changed(prefix: IpPrefix, out: RipOutput[]): void {
    this.#announcer.noteChange(prefix);
    out.push({ kind: 'routes-changed' });
  }

  /** Forgets what has been told as unreachable long enough. What could not be told yet stays. */
  #forget(now: Micros, out: RipOutput[]): void {
    for (const route of this.#learned.all()) {
      if (!isLost(route) || route.due > now || this.#announcer.isUntold(route.prefix)) continue;
      this.#learned.forget(route.prefix);
      out.push({ kind: 'trace', event: 'route-forgotten', fields: { prefix: formatPrefix(route.prefix) } });
    }
  }

  #lifetimes(): RouteLifetimes {
    if (this.#config === undefined) return { invalid: 0, garbage: 0 };
    const { timers } = this.#config;
    return { invalid: seconds(timers.invalid), garbage: garbageTime(timers) };
  }

  #isOrigin(at: IpPrefix): boolean {
    return this.#config?.origins.some(({ prefix }) => samePrefix(prefix, at)) === true;
  }
}

/** Why a message is not taken; undefined when it is (RFC 2453 §3.9, §4.1). */
function refusalOf({ source, sourcePort, message }: ReceivedRip, port: RipInterface): string | undefined {
  if (message.version !== RIP_VERSION) return 'version';
  // Nobody here has a key, and a router without one discards authenticated messages.
  if (message.entries.some(({ kind }) => kind === 'authentication')) return 'authenticated';
  if (sameIp(source, port.address) || !contains(subnetOf(port), source)) return 'source';
  if (message.command === RIP_REQUEST) return undefined;
  if (message.command !== RIP_RESPONSE) return 'command';
  return sourcePort === RIP_PORT ? undefined : 'port';
}
