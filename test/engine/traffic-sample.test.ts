import { describe, expect, it } from 'vitest';
import { cidr, createLpmSync, ip, type Lpm } from '../../src/index.ts';
import { SAMPLE_KEYS, SAMPLES_TO_CHANGE, TrafficSample } from '../../src/engine/traffic-sample.ts';
import { zipf } from '../../src/bench/zipf.ts';
import { SeededRandom } from '../../src/base/random.ts';

/** So many keys are in a sample in the mean. */
const SAMPLED_FROM = SAMPLE_KEYS * 64;
/** Enough to change it for sure. */
const ENOUGH = (SAMPLES_TO_CHANGE + 1) * SAMPLED_FROM;
/** Keys of which each is in another /24. */
const spread = Uint32Array.from({ length: ENOUGH }, (_, i) => Math.imul(i, 0x9e37_79b1));
/** Keys of which most are in few /24. */
const rank = zipf(1_000_000, new SeededRandom(1));
const skewed = Uint32Array.from({ length: ENOUGH }, () => Math.imul(rank(), 0x9e37_79b1));

describe('a sample of the traffic', () => {
  it('tells Zipf from addresses at random', () => {
    const sample = new TrafficSample();
    expect(sample.traffic).toBe('spread');
    sample.see(skewed);
    expect(sample.traffic).toBe('skewed');
    sample.see(spread);
    expect(sample.traffic).toBe('spread');
  });

  it('wants to hear it three times in turn', () => {
    const sample = new TrafficSample();
    for (let i = 0; i < 20; i++) {
      sample.see(skewed.subarray(0, 1.5 * SAMPLED_FROM));
      sample.see(spread.subarray(0, 1.5 * SAMPLED_FROM));
      expect(sample.traffic).toBe('spread');
    }
  });

  it('stays what it was between the two', () => {
    const between = spread.map((key, i) => (i % 100 < 81 ? key : 1));
    const sample = new TrafficSample();
    sample.see(between);
    expect(sample.traffic).toBe('spread');
    sample.see(skewed);
    sample.see(between);
    expect(sample.traffic).toBe('skewed');
  });

  it.each([64, 4096, 131_072])('sees all of traffic that comes again after %i keys', (period) => {
    const sample = new TrafficSample();
    const distinct = new Set(spread.subarray(0, period).map((key) => key >>> 8)).size;
    sample.see(spread.map((_, i) => spread[i % period]!));
    expect(sample.traffic).toBe(distinct < 5000 ? 'skewed' : 'spread');
  });

  it.each([1, 3, 64, 100, 256])('takes the same keys in calls of %i', (size) => {
    // In one call, so many keys make it skewed, and not one fewer.
    const parts = new TrafficSample();
    const first = (sample: TrafficSample, step: number): number => {
      for (let at = 0; at < skewed.length; at += step) {
        if (step === 1) sample.seeOne(skewed[at]!);
        else sample.see(skewed.subarray(at, at + step));
        if (sample.traffic === 'skewed') return at + step;
      }
      return Infinity;
    };
    const whole = first(new TrafficSample(), 1);
    expect(whole).toBeLessThan(ENOUGH);
    expect(first(parts, size)).toBe(Math.ceil(whole / size) * size);
  });
});

describe("an auto table whose traffic is 'observed'", () => {
  const look: Readonly<Record<string, (lpm: Lpm, keys: Uint32Array) => void>> = {
    lookupBatch: (lpm, keys) => void lpm.lookupBatch(4, keys),
    lookupInPlace: (lpm, keys) => {
      for (let at = 0; at < keys.length; at += 256) {
        lpm.keys.set(keys.subarray(at, at + 256));
        lpm.lookupInPlace(4, 256);
      }
    },
    lookup: (lpm, keys) => {
      for (const w0 of keys) lpm.lookup({ family: 4, w0, w1: 0, w2: 0, w3: 0 });
    },
  };

  it.each(Object.keys(look))('follows it at the next publish, by %s', (name) => {
    const lpm = createLpmSync({ traffic: 'observed' });
    for (let i = 0; i < 5000; i++) lpm.insert(cidr(`10.${i >>> 8}.${i & 255}.0/24`), i + 1);
    lpm.publish();
    expect(lpm.kindOf(4)).toBe('dir18-run');
    const before = lpm.lookupBatch(4, skewed.subarray(0, 4096));
    look[name]!(lpm, skewed);
    expect(lpm.kindOf(4)).toBe('dir18-run');
    lpm.publish();
    expect([lpm.kindOf(4), lpm.whyKind(4)]).toEqual(['dir24-8', '4096 prefixes or more, skewed traffic']);
    expect(lpm.lookupBatch(4, skewed.subarray(0, 4096))).toEqual(before);
    look[name]!(lpm, spread);
    lpm.insert(cidr('192.0.2.0/24'), 7);
    lpm.publish();
    expect([lpm.kindOf(4), lpm.whyKind(4)]).toEqual(['dir18-run', '4096 prefixes or more, spread traffic']);
  });

  const dense = (lpm: Lpm): void => {
    for (let i = 0; i < 5000; i++) lpm.insert(cidr(`10.${i >>> 8}.${i & 255}.0/24`), i + 1);
    lpm.publish();
  };

  it('needs whole samples', () => {
    const lpm = createLpmSync({ traffic: 'observed' });
    dense(lpm);
    lpm.lookupBatch(4, skewed.subarray(0, (SAMPLES_TO_CHANGE - 1) * SAMPLED_FROM));
    lpm.publish();
    expect(lpm.kindOf(4)).toBe('dir18-run');
  });

  it('sees keys, also where values take their place', () => {
    const lpm = createLpmSync({ traffic: 'observed' });
    dense(lpm);
    const keys = spread.slice();
    lpm.lookupBatch(4, keys, keys);
    lpm.publish();
    expect(lpm.kindOf(4)).toBe('dir18-run');
  });

  it('is followed by a publish of the other family', () => {
    const lpm = createLpmSync({ traffic: 'observed' });
    dense(lpm);
    lpm.lookupBatch(4, skewed);
    lpm.insert(cidr('2001:db8::/32'), 9);
    lpm.publish();
    expect([lpm.kindOf(4), lpm.lookup(ip('2001:db8::1'))]).toEqual(['dir24-8', 9]);
  });

  it('is nothing to a kind that was asked for', () => {
    const lpm = createLpmSync({ kind: 'patricia', traffic: 'observed' });
    dense(lpm);
    lpm.lookupBatch(4, skewed);
    lpm.publish();
    expect(lpm.kindOf(4)).toBe('patricia');
  });

  it('is one of those there are', () => {
    const traffic = 'seen' as 'observed';
    expect(() => createLpmSync({ traffic })).toThrow(
      'bad-options in traffic: spread, skewed or observed, not seen',
    );
  });

  it('stays what it is where there is no room for the other kind', () => {
    const lpm = createLpmSync({ traffic: 'observed', tableBytes: 64 << 20 });
    for (let i = 0; i < 5000; i++) lpm.insert(cidr(`10.${i >>> 8}.${i & 255}.0/24`), i + 1);
    lpm.publish();
    lpm.lookupBatch(4, skewed);
    lpm.publish();
    expect(lpm.kindOf(4)).toBe('dir18-run');
    expect(lpm.whyKind(4)).toMatch(/^dir24-8 would take 100\.\d MiB/);
  });
});
