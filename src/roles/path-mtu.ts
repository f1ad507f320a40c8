/**
 * The stateful MTU scheme of an ITR (RFC 9300 §7.2): what the underlay can carry to each locator, as routers on the way
 * have said by ICMP, until that is old enough to be tried again.
 */
import type { Family, IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { minutes, NEVER, type Micros } from '../base/time.ts';

/** RFC 1191 §6.3: a larger packet may be tried again after this. */
export const PATH_MTU_LIFE = minutes(10);
/** T19: an MTU below what everybody carries, headers included, is an attack or a mistake. */
export const MTU_FLOOR: Readonly<Record<Family, number>> = { 4: 576, 6: 1280 };
/** Of the known ones, the oldest makes room. */
const MAX_PATHS = 4096;

interface Path {
  readonly rloc: IpAddress;
  readonly mtu: number;
  readonly expires: Micros;
}

export type PathMtuState = readonly Path[];

export class PathMtu {
  /** In the order in which they end. */
  #paths = new Map<string, Path>();

  /** A router said that the way to `rloc` takes `mtu` bytes. True when that is less than was known. */
  lower(now: Micros, rloc: IpAddress, mtu: number): boolean {
    const known = this.of(rloc) ?? Infinity;
    const bytes = Math.max(MTU_FLOOR[rloc.family], mtu);
    if (bytes > known) return false;
    const key = formatIp(rloc);
    this.#paths.delete(key);
    this.#paths.set(key, { rloc, mtu: bytes, expires: now + PATH_MTU_LIFE });
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > MAX_PATHS) this.#paths.delete(oldest!);
    return bytes < known;
  }

  /** The largest outer packet; undefined when nothing is known. */
  of(rloc: IpAddress): number | undefined {
    return this.#paths.get(formatIp(rloc))?.mtu;
  }

  /** The RLOCs of what is forgotten now. */
  tick(now: Micros): IpAddress[] {
    const old: IpAddress[] = [];
    for (const [key, { rloc, expires }] of this.#paths) {
      if (expires > now) break;
      this.#paths.delete(key);
      old.push(rloc);
    }
    return old;
  }

  nextDeadline(): Micros {
    const [first] = this.#paths.values();
    return first?.expires ?? NEVER;
  }

  save(): PathMtuState {
    return [...this.#paths.values()];
  }

  restore(state: PathMtuState): void {
    this.#paths = new Map(state.map((path) => [formatIp(path.rloc), path]));
  }
}
