import type { Random } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import { coversEid, eidKey, firstEid, type Eid, type EidPrefix } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { MemoryStore } from '../mapping/memory-store.ts';
import type { Site } from '../mapping/site.ts';
import type { MappingStore, StoredMapping } from '../mapping/store.ts';
import { Etr, noEtr, type EtrState } from '../roles/etr.ts';
import { Itr, noItr, type ItrState } from '../roles/itr.ts';
import {
  Lig,
  type LigInput,
  type LigOutput,
  type LigRequest,
  type LigResult,
  type LigState,
} from '../roles/lig.ts';
import type {
  CacheEntry,
  Machine,
  ReceivedMessage,
  RoleInput,
  RoleOutput,
  SendOutput,
} from '../roles/machine.ts';
import { MapResolver, type MapResolverState } from '../roles/map-resolver.ts';
import { MapServer, type MapServerState } from '../roles/map-server.ts';
import { readRequest } from '../roles/map-request.ts';
import { ligParties } from './lisp-config.ts';
import type { LispOptions } from './options.ts';
import {
  etrConfig,
  itrConfig,
  mapResolverConfig,
  mapServerConfig,
  type NodeIdentity,
} from './role-config.ts';
import type { Underlay } from './underlay.ts';
import type { MapServerView, SitePrefixView, SiteView } from './view.ts';

/** What the roles ask of their router. */
export interface ControlPlaneEffects {
  send(output: SendOutput): void;
  install(entry: CacheEntry): void;
  uninstall(eid: EidPrefix): void;
  giveUp(eid: Eid): void;
  drop(reason: string, detail?: string): void;
  trace(event: TraceEvent): unknown;
  ligDone(result: LigResult): unknown;
  /** Packets that have met a Map-Cache entry since it is there. */
  hitsOf(eid: EidPrefix): number;
}

/** Which registrations: all without either; those of a site, or of an EID-Prefix and everything inside it. */
export interface SiteSelection {
  readonly siteName?: string;
  readonly eid?: EidPrefix;
}

/** Plain data, structured-clone safe. */
export interface ControlPlaneState {
  readonly itr: ItrState;
  readonly etr: EtrState;
  readonly mapServer: MapServerState;
  readonly mapResolver: MapResolverState;
  readonly store: unknown;
  readonly lig: LigState;
}

type Role = Machine<RoleInput, RoleOutput, unknown>;

/**
 * The LISP roles of one router, side by side: which message goes to which role, and which output becomes an input
 * of another. Roles never call one another. A role that is not configured is there with nothing to do.
 */
export class ControlPlane {
  readonly #effects: ControlPlaneEffects;
  readonly #store: MappingStore = new MemoryStore();
  readonly #itr: Itr;
  readonly #etr: Etr;
  readonly #mapServer: MapServer;
  readonly #mapResolver: MapResolver;
  readonly #lig: Lig;
  #lisp: LispOptions | undefined;

  constructor(random: Random, effects: ControlPlaneEffects) {
    this.#effects = effects;
    this.#itr = new Itr(noItr(), random, (eid) => effects.hitsOf(eid));
    this.#etr = new Etr(noEtr());
    this.#mapServer = new MapServer(mapServerConfig(undefined), this.#store);
    this.#mapResolver = new MapResolver(mapResolverConfig(undefined), this.#store);
    this.#lig = new Lig(random);
  }

  configure(now: Micros, lisp: LispOptions | undefined, underlay: Underlay, node: NodeIdentity): void {
    this.#lisp = lisp;
    this.#store.setSites(lisp?.sites ?? []);
    const out: RoleOutput[] = [];
    this.#itr.configure(now, lisp === undefined ? noItr() : itrConfig(lisp, underlay, node), out);
    this.#etr.configure(now, lisp === undefined ? noEtr() : etrConfig(lisp, underlay, node), out);
    this.#mapServer.configure(now, mapServerConfig(lisp), out);
    this.#mapResolver.configure(now, mapResolverConfig(lisp), out);
    this.#carry(now, out);
  }

  start(now: Micros): void {
    for (const role of this.#roles()) this.#feed(now, role, { kind: 'start' });
  }

  tick(now: Micros): void {
    this.#store.advance(now);
    this.#storeEvents(now);
    for (const role of this.#roles()) {
      if (role.nextDeadline() <= now) this.#feed(now, role, { kind: 'tick' });
    }
    if (this.#lig.nextDeadline() <= now) this.#feedLig(now, { kind: 'tick' });
  }

  /** The engine met a destination EID that must be resolved. */
  lookup(now: Micros, eid: Eid, source: IpAddress): void {
    this.#feed(now, this.#itr, { kind: 'lookup', eid, source });
  }

  /** Asks about an EID on behalf of whoever typed `lig`; works without any role. */
  lig(now: Micros, request: LigRequest, underlay: Underlay): void {
    this.#feedLig(now, { kind: 'ask', request, parties: ligParties(request, this.#lisp, underlay) });
  }

  /** Forgets learned entries: all of a family, or the one for exactly `eid`. Returns how many. */
  clearMapCache(now: Micros, family: Family, eid?: EidPrefix): number {
    const out: RoleOutput[] = [];
    const key = eid && eidKey(eid);
    const count = this.#itr.clear(
      out,
      (each) => each.prefix.address.family === family && (key === undefined || eidKey(each) === key),
    );
    this.#carry(now, out);
    return count;
  }

  /** Forgets registrations with the Map-Server of this box. Returns how many. */
  clearSites(now: Micros, { siteName, eid }: SiteSelection): number {
    const out: RoleOutput[] = [];
    const count = this.#mapServer.clear(
      out,
      (each) =>
        (siteName === undefined || each.siteName === siteName) &&
        (eid === undefined || coversEid(eid, each.mapping.eid)),
    );
    this.#carry(now, out);
    return count;
  }

  receive(now: Micros, received: ReceivedMessage): void {
    const { message } = received;
    if (message.type === 'map-reply' && this.#lig.awaits(message.nonce)) {
      this.#feedLig(now, { kind: 'message', received });
      return;
    }
    const role = this.#lisp === undefined ? undefined : this.#roleFor(received, this.#lisp);
    if (role === undefined) this.#effects.drop(`unserved-${received.message.type}`);
    else this.#feed(now, role, { kind: 'message', received });
  }

  nextDeadline(): Micros {
    return this.#roles().reduce(
      (least, role) => Math.min(least, role.nextDeadline()),
      Math.min(this.#lig.nextDeadline(), this.#store.nextDeadline()),
    );
  }

  /** The Map-Cache entry that a packet to `eid` meets. */
  cached(eid: Eid): CacheEntry | undefined {
    return this.#itr.match(eid);
  }

  mapCache(): Iterable<CacheEntry> {
    return this.#itr.entries();
  }

  /** What this box's Map-Server would say of an EID; undefined when it is none. */
  answerFor(eid: Eid): ReturnType<MapServer['answerFor']> | undefined {
    const isServed = this.#lisp !== undefined && mapServerConfig(this.#lisp).families.length > 0;
    return isServed ? this.#mapServer.answerFor(eid) : undefined;
  }

  /** The site's own mappings, as its ETR registers them. */
  database(): readonly Mapping[] {
    return this.#etr.database();
  }

  mapServers(): MapServerView[] {
    return this.#etr.sessions();
  }

  sites(): SiteView[] {
    return (this.#lisp?.sites ?? []).map((site) => ({ site, prefixes: this.#prefixesOf(site) }));
  }

  save(): ControlPlaneState {
    return structuredClone({
      itr: this.#itr.save(),
      etr: this.#etr.save(),
      mapServer: this.#mapServer.save(),
      mapResolver: this.#mapResolver.save(),
      store: this.#store.save(),
      lig: this.#lig.save(),
    });
  }

  restore(lisp: LispOptions | undefined, saved: ControlPlaneState): void {
    const state = structuredClone(saved);
    this.#lisp = lisp;
    this.#store.setSites(lisp?.sites ?? []);
    this.#store.restore(state.store);
    this.#itr.restore(state.itr);
    this.#etr.restore(state.etr);
    this.#mapServer.restore(state.mapServer);
    this.#mapResolver.restore(state.mapResolver);
    this.#lig.restore(state.lig);
  }

  /**
   * An encapsulated Map-Request is for the ETR when it asks for one of its EIDs: that is what a Map-Server sends.
   * Otherwise an ITR sent it, and it is for the Map-Resolver.
   */
  #roleFor(received: ReceivedMessage, lisp: LispOptions): Role | undefined {
    const resolves = lisp.mapResolver.ipv4 || lisp.mapResolver.ipv6;
    const serves = lisp.mapServer.ipv4 || lisp.mapServer.ipv6;
    const isEtr = lisp.etr.ipv4.enabled || lisp.etr.ipv6.enabled;
    const isItr = this.#isItr(lisp);
    switch (received.message.type) {
      case 'ecm': {
        const incoming = readRequest(received);
        const eids = incoming?.ok === true ? incoming.value.eids : [];
        const isOurs = eids.some((eid) => this.#etr.match(firstEid(eid)) !== undefined);
        if (isEtr && isOurs) return this.#etr;
        if (resolves) return this.#mapResolver;
        if (serves) return this.#mapServer;
        return isEtr ? this.#etr : undefined;
      }
      case 'map-request':
        return isEtr ? this.#etr : resolves ? this.#mapResolver : undefined;
      case 'map-reply':
        return isItr ? this.#itr : serves ? this.#mapServer : undefined;
      case 'map-notify':
        return isEtr ? this.#etr : undefined;
      case 'map-register':
      case 'map-notify-ack':
        return serves ? this.#mapServer : undefined;
      case 'unknown':
        return undefined;
    }
  }

  #isItr(lisp: LispOptions): boolean {
    const { itr, proxyItr } = lisp;
    const isPitr = proxyItr.ipv4.rlocs.length > 0 || proxyItr.ipv6.rlocs.length > 0;
    return itr.ipv4.enabled || itr.ipv6.enabled || isPitr;
  }

  #roles(): readonly Role[] {
    return [this.#itr, this.#etr, this.#mapServer, this.#mapResolver];
  }

  #feed(now: Micros, role: Role, input: RoleInput): void {
    const out: RoleOutput[] = [];
    role.handle(now, input, out);
    this.#carry(now, out);
  }

  #feedLig(now: Micros, input: LigInput): void {
    const out: LigOutput[] = [];
    this.#lig.handle(now, input, out);
    for (const output of out) {
      if (output.kind === 'lig-done') this.#effects.ligDone(output.result);
      else this.#carry(now, [output]);
    }
  }

  /** Outputs in causal order; those that are another role's input are carried there at once. */
  #carry(now: Micros, outputs: readonly RoleOutput[]): void {
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          this.#effects.send(output);
          break;
        case 'install':
          this.#effects.install(output.entry);
          break;
        case 'uninstall':
          this.#effects.uninstall(output.eid);
          break;
        case 'give-up':
          this.#effects.giveUp(output.eid);
          break;
        case 'store':
          this.#store.apply(output.op);
          this.#storeEvents(now);
          break;
        case 'to-map-server':
          this.#feed(now, this.#mapServer, { kind: 'message', received: output.received });
          break;
        case 'drop':
          this.#effects.drop(output.reason, output.detail);
          break;
        case 'trace':
          this.#effects.trace(output.event);
          break;
      }
    }
  }

  #storeEvents(now: Micros): void {
    for (const event of [...this.#store.events()])
      this.#feed(now, this.#mapServer, { kind: 'store-event', event });
  }

  #prefixesOf(site: Site): SitePrefixView[] {
    return site.prefixes.flatMap(({ eid, acceptMoreSpecifics }) => {
      const errors = this.#mapServer.errorsOf(eid);
      const own = this.#view(eid, this.#store.get(eid), acceptMoreSpecifics, errors);
      const under = [...this.#store.covered(eid)].filter(({ eid: inner }) => !coversEid(inner, eid));
      return [
        own,
        ...under.map((stored) => ({
          ...this.#view(stored.eid, stored, false, { authenticationFailures: 0, locatorMismatches: 0 }),
          moreSpecificOf: eid,
        })),
      ];
    });
  }

  #view(
    eid: EidPrefix,
    stored: StoredMapping | undefined,
    acceptMoreSpecifics: boolean,
    errors: Pick<SitePrefixView, 'authenticationFailures' | 'locatorMismatches'>,
  ): SitePrefixView {
    return { eid, acceptMoreSpecifics, registrations: stored?.registrations ?? [], ...errors };
  }
}
