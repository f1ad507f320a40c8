/** What a table sees of the traffic: whether most packets go to few addresses. */
import type { Traffic } from './lpm.ts';

/** Keys of a sample. */
export const SAMPLE_KEYS = 4096;
/** From one key of a sample to the next there are 1 to so many that are looked up, 64 in the mean. */
export const LARGEST_GAP = 127;
/** The traffic is another when so many samples in turn say so: taking another kind costs as much as building the table. */
export const SAMPLES_TO_CHANGE = 3;
/**
 * Fewer distinct /24 in a sample than this are skewed traffic, more than that are spread; between the two it stays what
 * it was. Zipf(1.0) over a million addresses gives about 2,600 of 4,096, addresses at random in a table of the Internet 4,080.
 */
const SKEWED_BELOW = (SAMPLE_KEYS * 3) / 4;
const SPREAD_ABOVE = (SAMPLE_KEYS * 7) / 8;

export class TrafficSample {
  readonly #seen = new Set<number>();
  /** Of a generator (Marsaglia's xorshift32): a fixed gap would see a part of traffic that has a period. */
  #random = 0x9e37_79b9;
  #wait = 0;
  #keys = 0;
  #traffic: Traffic = 'spread';
  /** Samples in turn that say otherwise. */
  #against = 0;

  /** 'spread' in the beginning. */
  get traffic(): Traffic {
    return this.#traffic;
  }

  /** IPv4 addresses that are looked up, the first `count` of `keys`. The same keys in one call or in many are the same. */
  see(keys: Uint32Array, count = keys.length): void {
    let at = this.#wait;
    for (; at < count; at += this.#gap()) this.#take(keys[at]!);
    this.#wait = at - count;
  }

  /** One address that is looked up. */
  seeOne(address: number): void {
    if (this.#wait-- > 0) return;
    this.#wait = this.#gap() - 1;
    this.#take(address);
  }

  #gap(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return ((x >>> 8) % LARGEST_GAP) + 1;
  }

  #take(address: number): void {
    this.#seen.add(address >>> 8);
    if (++this.#keys < SAMPLE_KEYS) return;
    const distinct = this.#seen.size;
    const other = this.#traffic === 'spread' ? distinct < SKEWED_BELOW : distinct > SPREAD_ABOVE;
    this.#against = other ? this.#against + 1 : 0;
    if (this.#against === SAMPLES_TO_CHANGE) {
      this.#traffic = this.#traffic === 'spread' ? 'skewed' : 'spread';
      this.#against = 0;
    }
    this.#seen.clear();
    this.#keys = 0;
  }
}
