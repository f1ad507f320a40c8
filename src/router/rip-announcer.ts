import { comparePrefix, samePrefix, type IpPrefix } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import { fraction, type Random } from '../base/random.ts';
import { micros, NEVER, seconds, type Micros } from '../base/time.ts';
import { RIP_GROUP, RIP_INFINITY, RIP_PORT } from '../wire/rip.ts';
import type { RipConfig, RipOrigin } from './announce.ts';
import {
  responses,
  wholeTableRequest,
  type RipInterface,
  type RipOutput,
  type ToldRoute,
} from './rip-message.ts';
import { garbageTime, type LearnedRoutes } from './rip-routes.ts';

/** An own route that is no longer one: told as unreachable for a while. */
interface Withdrawn {
  readonly prefix: IpPrefix;
  readonly due: Micros;
}

/** A route as the table has it: `interfaceIndex` is where it leads out. */
type TableRow = ToldRoute & { readonly interfaceIndex?: number };

/** Plain data, structured-clone safe. */
export interface AnnouncerState {
  readonly withdrawn: readonly Withdrawn[];
  readonly changed: readonly string[];
  readonly told: readonly (readonly [string, Micros])[];
  readonly periodicAt: Micros;
  readonly quietUntil: Micros;
}

/** RFC 2453 §3.8: a period is up to 5 s of 30 s shorter or longer, so that routers do not fall into step. */
const JITTER = 1 / 6;
/** RFC 2453 §3.10.1: between two triggered updates pass 1 to 5 seconds. */
const [LEAST_QUIET, MOST_QUIET] = [seconds(1), seconds(5)];

/** The telling half of RIP: which routes neighbours hear of, on which interface, and when. */
export class Announcer {
  readonly #random: Random;
  readonly #learned: LearnedRoutes;
  #config: RipConfig | undefined;
  #withdrawn: Withdrawn[] = [];
  /** Prefixes (as text) of which neighbours have not been told the latest. */
  #changed = new Set<string>();
  /**
   * By interface and prefix: NEVER for what neighbours there were told as reachable; for what split horizon has taken
   * from them since, until when they are told that it is not.
   */
  #told = new Map<string, Micros>();
  #periodicAt: Micros = NEVER;
  #quietUntil: Micros = 0;

  constructor(random: Random, learned: LearnedRoutes) {
    this.#random = random;
    this.#learned = learned;
  }

  /** Of the next update that is due by itself; NEVER while RIP is off. */
  get nextUpdate(): Micros {
    return this.#periodicAt;
  }

  /** Says hello on interfaces that are new; what is new or gone among the own routes has changed. */
  configure(now: Micros, config: RipConfig | undefined, out: RipOutput[]): void {
    const before = this.#config;
    this.#config = config;
    this.#compareOrigins(now, before?.origins ?? [], config?.origins ?? [], out);
    if (config === undefined) {
      this.#withdrawn = [];
      this.#changed.clear();
      this.#told.clear();
      this.#periodicAt = NEVER;
      return;
    }
    if (before === undefined || before.timers.update !== config.timers.update) this.#planPeriodic(now);
    for (const port of config.interfaces) {
      const isNew = before?.interfaces.some((other) => isSamePort(other, port)) !== true;
      if (isNew && !port.passive) this.#join(port, out);
    }
  }

  /** What was learned of a prefix has changed. */
  noteChange(prefix: IpPrefix): void {
    this.#changed.add(formatPrefix(prefix));
  }

  /** Neighbours do not know the latest about this prefix. */
  isUntold(prefix: IpPrefix): boolean {
    return this.#changed.has(formatPrefix(prefix));
  }

  /** Sends the periodic update when it is due, and what has changed. */
  tick(now: Micros, out: RipOutput[]): void {
    if (this.#periodicAt <= now) {
      this.#planPeriodic(now);
      this.#tellAll(now, 'periodic', () => true, out);
      this.#changed.clear();
    }
    this.tellChanges(now, out);
    this.#withdrawn = this.#withdrawn.filter(({ prefix, due }) => due > now || this.isUntold(prefix));
  }

  /** Tells what has changed, unless the last time was a moment ago: then it waits (RFC 2453 §3.10.1). */
  tellChanges(now: Micros, out: RipOutput[]): void {
    if (this.#changed.size === 0 || now < this.#quietUntil) return;
    this.#tellAll(now, 'triggered', ({ prefix }) => this.isUntold(prefix), out);
    this.#changed.clear();
    this.#quietUntil = now + micros(LEAST_QUIET + fraction(this.#random) * (MOST_QUIET - LEAST_QUIET));
  }

  /**
   * What is told out of an interface: split horizon (RFC 2453 §3.4.3), and its poisoned reverse where it is needed, for
   * routes that neighbours there may still follow because they led elsewhere when they were told.
   */
  tell(now: Micros, port: RipInterface, isTold: (route: ToldRoute) => boolean = () => true): ToldRoute[] {
    return this.#table()
      .filter(isTold)
      .flatMap((route): ToldRoute[] => {
        const key = `${port.index} ${formatPrefix(route.prefix)}`;
        if (route.interfaceIndex !== port.index) {
          if (route.metric < RIP_INFINITY) this.#told.set(key, NEVER);
          else this.#told.delete(key);
          return [route];
        }
        const until = this.#told.get(key);
        if (until === undefined) return [];
        if (until === NEVER) this.#told.set(key, now + garbageTime(this.#config!.timers));
        else if (until <= now) this.#told.delete(key);
        return [{ ...route, metric: RIP_INFINITY }];
      });
  }

  /** RIP_INFINITY for what is not in the table. */
  metricOf(at: IpPrefix): number {
    return this.#table().find(({ prefix }) => samePrefix(prefix, at))?.metric ?? RIP_INFINITY;
  }

  nextDeadline(): Micros {
    const triggered = this.#changed.size > 0 ? this.#quietUntil : NEVER;
    const withdrawn = this.#withdrawn.filter(({ prefix }) => !this.isUntold(prefix));
    return Math.min(this.#periodicAt, triggered, ...withdrawn.map(({ due }) => due));
  }

  save(): AnnouncerState {
    return {
      withdrawn: this.#withdrawn,
      changed: [...this.#changed],
      told: [...this.#told],
      periodicAt: this.#periodicAt,
      quietUntil: this.#quietUntil,
    };
  }

  restore(
    config: RipConfig | undefined,
    { withdrawn, changed, told, periodicAt, quietUntil }: AnnouncerState,
  ): void {
    this.#config = config;
    this.#withdrawn = [...withdrawn];
    this.#changed = new Set(changed);
    this.#told = new Map(told);
    this.#periodicAt = periodicAt;
    this.#quietUntil = quietUntil;
  }

  #compareOrigins(
    now: Micros,
    before: readonly RipOrigin[],
    after: readonly RipOrigin[],
    out: RipOutput[],
  ): void {
    const garbage = this.#config === undefined ? 0 : garbageTime(this.#config.timers);
    for (const { prefix, how } of before) {
      if (after.some((origin) => samePrefix(origin.prefix, prefix))) continue;
      out.push({ kind: 'trace', event: 'withdrawn', fields: { prefix: formatPrefix(prefix), how } });
      this.#changed.add(formatPrefix(prefix));
      this.#withdrawn.push({ prefix, due: now + garbage });
    }
    for (const { prefix, how, interfaceIndex } of after) {
      const known = before.find((origin) => samePrefix(origin.prefix, prefix));
      if (known?.how === how && known.interfaceIndex === interfaceIndex) continue;
      out.push({ kind: 'trace', event: 'advertised', fields: { prefix: formatPrefix(prefix), how } });
      this.#changed.add(formatPrefix(prefix));
      this.#withdrawn = this.#withdrawn.filter((each) => !samePrefix(each.prefix, prefix));
    }
  }

  /** A new interface: its neighbours are asked for their routes, and told the own ones. */
  #join(port: RipInterface, out: RipOutput[]): void {
    out.push({ kind: 'trace', event: 'request-sent', fields: { interface: port.name } });
    out.push({ kind: 'send', port, to: RIP_GROUP, toPort: RIP_PORT, payload: wholeTableRequest() });
    for (const { prefix } of this.#table()) this.#changed.add(formatPrefix(prefix));
  }

  #tellAll(now: Micros, why: string, isTold: (route: ToldRoute) => boolean, out: RipOutput[]): void {
    for (const port of this.#config?.interfaces ?? []) {
      const routes = port.passive ? [] : this.tell(now, port, isTold);
      if (routes.length === 0) continue;
      const fields = { interface: port.name, why, routes: routes.length };
      out.push({ kind: 'trace', event: 'update-sent', fields });
      for (const payload of responses(routes, port.mtu)) {
        out.push({ kind: 'send', port, to: RIP_GROUP, toPort: RIP_PORT, payload });
      }
    }
  }

  /** In prefix order. A learned route comes before an own one of that prefix that was withdrawn. */
  #table(): TableRow[] {
    const own = (this.#config?.origins ?? []).map((origin) => ({ ...origin, metric: 1, tag: 0 }));
    const learned = this.#learned
      .all()
      .map((route) => ({ ...route, metric: Math.min(route.metric + 1, RIP_INFINITY) }));
    const gone = this.#withdrawn.map(({ prefix }) => ({ prefix, metric: RIP_INFINITY, tag: 0 }));
    const table = new Map<string, TableRow>();
    for (const row of [...own, ...learned, ...gone]) {
      const key = formatPrefix(row.prefix);
      if (!table.has(key)) table.set(key, row);
    }
    return [...table.values()].sort((a, b) => comparePrefix(a.prefix, b.prefix));
  }

  #planPeriodic(now: Micros): void {
    const { update } = this.#config!.timers;
    this.#periodicAt = now + micros(seconds(update) * (1 - JITTER + 2 * JITTER * fraction(this.#random)));
  }
}

function isSamePort(a: RipInterface, b: RipInterface): boolean {
  return a.index === b.index && a.address.w0 === b.address.w0 && a.bits === b.bits && a.passive === b.passive;
}
