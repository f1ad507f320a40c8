/** What a table sees of the traffic: whether most packets go to few addresses. */
import type { Traffic } from './lpm.ts';

/** Keys of a sample. */
export const SAMPLE_KEYS = 4096;
/** One key of so many that are looked up is in a sample. */
export const SAMPLE_EVERY = 64;
/**
 * Fewer distinct /24 in a sample than this are skewed traffic, more than that are spread; between the two it stays what
 * it was. Zipf(1.0) over a million addresses gives about 2,600 of 4,096, addresses at random in a table of the Internet 4,080.
 */
const SKEWED_BELOW = (SAMPLE_KEYS * 3) / 4;
const SPREAD_ABOVE = (SAMPLE_KEYS * 7) / 8;

export class TrafficSample {
  readonly #seen = new Set<number>();
  #wait = 0;
  #keys = 0;
  #traffic: Traffic = 'spread';

  /** By the last whole sample; 'spread' before the first. */
  get traffic(): Traffic {
    return this.#traffic;
  }

  /** IPv4 addresses that are looked up, the first `count` of `keys`. Takes every 64th, over calls of any length. */
  see(keys: Uint32Array, count = keys.length): void {
    let at = this.#wait;
    for (; at < count; at += SAMPLE_EVERY) this.#take(keys[at]!);
    this.#wait = at - count;
  }

  /** One address that is looked up. */
  seeOne(address: number): void {
    if (this.#wait-- > 0) return;
    this.#wait = SAMPLE_EVERY - 1;
    this.#take(address);
  }

  #take(address: number): void {
    this.#seen.add(address >>> 8);
    if (++this.#keys < SAMPLE_KEYS) return;
    const distinct = this.#seen.size;
    if (distinct < SKEWED_BELOW) this.#traffic = 'skewed';
    else if (distinct > SPREAD_ABOVE) this.#traffic = 'spread';
    this.#seen.clear();
    this.#keys = 0;
  }
}
