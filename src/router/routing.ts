import type { Random } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';
import { comparePrefix, type IpAddress } from '../base/ip.ts';
import { RIP_GROUP, RIP_PORT } from '../wire/rip.ts';
import { buildUdpPacket } from '../wire/udp.ts';
import { ripConfig } from './announce.ts';
import type { RouterOptions } from './options.ts';
import { Rip, type ReceivedRip, type RipState } from './rip.ts';
import type { RipOutput } from './rip-message.ts';
import { Underlay } from './underlay.ts';
import type { RipRouteView, RipView } from './view.ts';

/** What routing asks of its router. */
export interface RoutingEffects {
  /** A packet leaves by this interface, whatever the routes say. */
  transmit(interfaceIndex: number, bytes: Uint8Array): unknown;
  drop(reason: string, detail: string): void;
  trace(event: TraceEvent): unknown;
  /** News from neighbours: `underlay` is another one. */
  changed(): void;
}

/** RFC 2453 says nothing; what is for the routers of a link alone does not leave it. */
const LINK_TTL = 1;

/** The underlay of one router: routes of its own, and those that RIP learns and tells. */
export class Routing {
  readonly #effects: RoutingEffects;
  readonly #rip: Rip;
  #options: RouterOptions;
  #underlay: Underlay;

  constructor(options: RouterOptions, random: Random, effects: RoutingEffects) {
    this.#effects = effects;
    this.#rip = new Rip(random);
    this.#options = options;
    this.#underlay = new Underlay(options);
  }

  /** The routes in use. Immutable: to be asked for again after a change. */
  get underlay(): Underlay {
    return this.#underlay;
  }

  /** Multicast addresses that are listened to. */
  groups(): IpAddress[] {
    return this.#rip.config === undefined ? [] : [RIP_GROUP];
  }

  /** At the start, and when the configuration changes. `changed` is not called: the caller knows. */
  configure(now: Micros, options: RouterOptions): void {
    this.#options = options;
    this.#settle(now);
  }

  /** False when RIP is off. */
  hear(now: Micros, received: ReceivedRip): boolean {
    if (this.#rip.config === undefined) return false;
    this.#news(now, (out) => {
      this.#rip.receive(now, received, out);
    });
    return true;
  }

  tick(now: Micros): void {
    if (this.#rip.nextDeadline() > now) return;
    this.#news(now, (out) => {
      this.#rip.tick(now, out);
    });
  }

  nextDeadline(): Micros {
    return this.#rip.nextDeadline();
  }

  view(): RipView | undefined {
    const { config } = this.#rip;
    if (config === undefined) return undefined;
    const { interfaces, origins } = config;
    const nameOf = (index: number): string => this.#options.interfaces[index]?.name ?? '?';
    const own = origins.map(({ prefix, how, interfaceIndex }): RipRouteView => ({
      prefix,
      how,
      metric: 0,
      ...(interfaceIndex === undefined ? {} : { interfaceName: nameOf(interfaceIndex) }),
    }));
    const learned = this.#rip
      .learned()
      .map(({ prefix, metric, gateway, interfaceIndex, heard }): RipRouteView => ({
        prefix,
        how: 'learned',
        metric,
        gateway,
        interfaceName: nameOf(interfaceIndex),
        heard,
      }));
    return {
      nextUpdate: this.#rip.nextUpdate,
      interfaces: interfaces.map(({ name, passive }) => ({ name, passive })),
      routes: [...own, ...learned].sort((a, b) => comparePrefix(a.prefix, b.prefix)),
      neighbours: this.#rip.neighbours(),
    };
  }

  save(): RipState {
    return this.#rip.save();
  }

  restore(options: RouterOptions, state: RipState): void {
    this.#options = options;
    this.#rip.restore(state);
    this.#underlay = new Underlay(options, this.#rip.routes());
  }

  /** Lets RIP work; the routes follow when it learned or lost some. */
  #news(now: Micros, work: (out: RipOutput[]) => void): void {
    const out: RipOutput[] = [];
    work(out);
    if (!this.#carry(out)) return;
    this.#settle(now);
    this.#effects.changed();
  }

  /**
   * Routes decide what RIP tells (static routes in use, whether an RLOC is up), and RIP decides on routes. An
   * interface that went away takes learned routes along, so this may take a second round, but never adds any.
   */
  #settle(now: Micros): void {
    for (let isStale = true; isStale;) {
      this.#underlay = new Underlay(this.#options, this.#rip.routes());
      const out: RipOutput[] = [];
      this.#rip.configure(now, ripConfig(this.#options, this.#underlay), out);
      isStale = this.#carry(out);
    }
  }

  /** True when the learned routes are others than before. */
  #carry(out: readonly RipOutput[]): boolean {
    for (const output of out) {
      switch (output.kind) {
        case 'send': {
          const { port, to, toPort, payload } = output;
          const ends = {
            source: port.address,
            destination: to,
            sourcePort: RIP_PORT,
            destinationPort: toPort,
          };
          const packet = buildUdpPacket({ ...ends, ttl: LINK_TTL, checksum: 'compute' }, payload);
          this.#effects.transmit(port.index, packet);
          break;
        }
        case 'drop':
          this.#effects.drop(output.reason, output.detail);
          break;
        case 'trace':
          this.#effects.trace({ source: 'rip', event: output.event, fields: output.fields });
          break;
        case 'routes-changed':
          break;
      }
    }
    return out.some(({ kind }) => kind === 'routes-changed');
  }
}
