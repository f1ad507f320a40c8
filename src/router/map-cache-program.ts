/**
 * The Map-Cache as the data plane has it: which locators of an entry packets go to, how large they may be and what
 * their LISP headers say. That follows from the entry, from routes and configuration, and from what was heard of the way.
 */
import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { TunnelReport } from '../engine/marking.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { CacheEntry } from '../roles/machine.ts';
import { PathMtu, type PathMtuState } from '../roles/path-mtu.ts';
import { forwardingEntry } from './encap-targets.ts';
import type { ForwardingProgram } from './forwarding-program.ts';
import { tunnelSources, type TunnelSources } from './lisp-config.ts';
import { LocatorStates, type LocatorStatesState } from './locator-states.ts';
import type { Moment } from './moment.ts';
import { RlocIndex } from './rloc-index.ts';
import { TrustedTunnels, type TrustedTunnelState } from './trusted-tunnels.ts';

const NO_SOURCES: TunnelSources = { rlocs: [], exclusive: false };

/** What it asks of its router. */
export interface MapCacheProgramEffects {
  moment(): Moment;
  /** The entries that are in force. */
  entries(): Iterable<CacheEntry>;
  count(name: string, fields: TraceFields): void;
}

/** Plain data, structured-clone safe. */
export interface MapCacheProgramState {
  readonly paths: PathMtuState;
  readonly trusted: TrustedTunnelState;
  readonly locators: LocatorStatesState;
}

export class MapCacheProgram {
  readonly #program: ForwardingProgram;
  readonly #effects: MapCacheProgramEffects;
  readonly #paths = new PathMtu();
  readonly #trusted: TrustedTunnels;
  readonly #locatorStates = new LocatorStates();
  readonly #index = new RlocIndex();
  /** Entries that are not published yet: held packets wait for that. */
  #installed: EidPrefix[] = [];

  constructor(program: ForwardingProgram, random: Random, effects: MapCacheProgramEffects) {
    this.#program = program;
    this.#effects = effects;
    this.#trusted = new TrustedTunnels(random, {
      count: (name, fields) => {
        effects.count(name, fields);
      },
      path: (rloc, isUp) => {
        program.setLocatorState(rloc, isUp ? 'up' : 'down');
        for (const entry of this.#index.entriesOf(rloc)) this.#observe(entry);
      },
      nonce: (rloc, nonce) => {
        program.setNonce(rloc, nonce);
      },
      status: (eid) => {
        const entry = this.#index.entry(eid);
        if (entry !== undefined) this.#programOne(entry);
      },
      marking: () => {
        this.#programAll();
      },
    });
  }

  /** Routes or the configuration are others. `database`: the site's own mappings, as its ETR registers them. */
  configure(database: readonly Mapping[]): void {
    const { now, options } = this.#effects.moment();
    this.#trusted.leave(now, this.#index.reset(this.#effects.entries()));
    this.#trusted.configure(now, options.lisp?.profile === 'trusted', database, this.#effects.entries());
    this.#programAll();
  }

  tick(): void {
    const { now } = this.#effects.moment();
    this.#trusted.tick(now, (eid) => this.#index.entry(eid));
    for (const rloc of this.#paths.tick(now)) this.#programUsersOf(rloc);
  }

  nextDeadline(): Micros {
    return Math.min(this.#paths.nextDeadline(), this.#trusted.nextDeadline(this.#effects.moment().now));
  }

  install(entry: CacheEntry): void {
    const { now } = this.#effects.moment();
    this.#trusted.leave(now, this.#index.put(entry));
    this.#trusted.learn(now, entry);
    this.#programOne(entry);
    this.#installed.push(entry.mapping.eid);
  }

  uninstall(eid: EidPrefix): void {
    this.#trusted.leave(this.#effects.moment().now, this.#index.remove(eid));
    this.#trusted.forget(eid);
    this.#program.removeEntry(eid);
    this.#locatorStates.forget(eid);
  }

  /** What was installed since the last call: to be asked for once it is published. */
  takeInstalled(): readonly EidPrefix[] {
    return this.#installed.splice(0);
  }

  /** A router said that LISP packets to `rloc` may have `mtu` bytes. */
  lowerMtu(rloc: IpAddress, mtu: number): void {
    if (!this.#paths.lower(this.#effects.moment().now, rloc, mtu)) return;
    this.#effects.count('path-mtu-lowered', { rloc: formatIp(rloc), mtu });
    this.#programUsersOf(rloc);
  }

  /** What the header of a decapsulated packet said. `entry`: what the Map-Cache has for its inner source. */
  hear(report: TunnelReport, entry: CacheEntry | undefined): void {
    this.#trusted.hear(this.#effects.moment().now, report, entry);
  }

  /** When a locator came up or went down last. */
  since(eid: EidPrefix, locator: Locator): Micros | undefined {
    return this.#locatorStates.since(eid, locator);
  }

  /** Whether a locator is not to be used, by what headers said. */
  isDown(eid: EidPrefix, locator: Locator): boolean {
    return this.#trusted.isDown(eid, locator);
  }

  save(): MapCacheProgramState {
    return {
      paths: this.#paths.save(),
      trusted: this.#trusted.save(),
      locators: this.#locatorStates.save(),
    };
  }

  /** Routes, configuration and entries are back already. */
  restore({ paths, trusted, locators }: MapCacheProgramState): void {
    this.#paths.restore(paths);
    this.#index.reset(this.#effects.entries());
    this.#trusted.restore(trusted);
    this.#programAll();
    this.#locatorStates.restore(locators);
  }

  #programAll(): void {
    for (const entry of this.#effects.entries()) this.#programOne(entry);
  }

  #programUsersOf(rloc: IpAddress): void {
    for (const entry of this.#index.entriesOf(rloc)) this.#programOne(entry);
  }

  #programOne(entry: CacheEntry): void {
    const { options, underlay } = this.#effects.moment();
    const { mapping } = entry;
    const sources = options.lisp === undefined ? NO_SOURCES : tunnelSources(options.lisp, underlay);
    this.#program.setEntry(forwardingEntry(mapping, sources, underlay, this.#paths, this.#trusted));
    this.#observe(entry);
  }

  #observe(entry: CacheEntry): void {
    const { now, underlay } = this.#effects.moment();
    this.#locatorStates.observe(now, entry, underlay, (locator) => this.isDown(entry.mapping.eid, locator));
  }
}
