import { describe, expect, it } from 'vitest';
import { cidr, createLpmSync, type Lpm } from '../../src/index.ts';
import { SAMPLE_EVERY, SAMPLE_KEYS, TrafficSample } from '../../src/engine/traffic-sample.ts';
import { zipf } from '../../src/bench/zipf.ts';
import { SeededRandom } from '../../src/base/random.ts';

const WHOLE = SAMPLE_KEYS * SAMPLE_EVERY;
/** Keys of which each is in another /24. */
const spread = Uint32Array.from({ length: WHOLE }, (_, i) => Math.imul(i, 0x9e37_79b1));
/** Keys of which most are in few /24. */
const rank = zipf(1_000_000, new SeededRandom(1));
const skewed = Uint32Array.from({ length: WHOLE }, () => Math.imul(rank(), 0x9e37_79b1));

describe('a sample of the traffic', () => {
  it('tells Zipf from addresses at random, after a whole sample', () => {
    const sample = new TrafficSample();
    sample.see(skewed.subarray(0, WHOLE - SAMPLE_EVERY));
    expect(sample.traffic).toBe('spread');
    sample.see(skewed.subarray(WHOLE - SAMPLE_EVERY));
    expect(sample.traffic).toBe('skewed');
    sample.see(spread);
    expect(sample.traffic).toBe('spread');
  });

  it('stays what it was between the two', () => {
    const between = spread.map((key, i) => (i / SAMPLE_EVERY < SAMPLE_KEYS * 0.82 ? key : 1));
    const sample = new TrafficSample();
    sample.see(between);
    expect(sample.traffic).toBe('spread');
    sample.see(skewed);
    sample.see(between);
    expect(sample.traffic).toBe('skewed');
  });

  it.each([1, 3, 64, 100, 256])('takes the same keys in calls of %i', (size) => {
    const [whole, parts] = [new TrafficSample(), new TrafficSample()];
    // The keys in between would make it spread.
    const keys = spread.map((key, i) => (i % SAMPLE_EVERY === 0 ? 1 : key));
    whole.see(keys);
    for (let at = 0; at < keys.length; at += size)
      if (size === 1) parts.seeOne(keys[at]!);
      else parts.see(keys.subarray(at, at + size));
    expect([whole.traffic, parts.traffic]).toEqual(['skewed', 'skewed']);
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

  it('changes nothing without a sample, with another kind, or for a small table', () => {
    const named = createLpmSync({ kind: 'patricia', traffic: 'observed' });
    const small = createLpmSync({ traffic: 'observed' });
    for (const lpm of [named, small]) {
      lpm.insert(cidr('10.0.0.0/8'), 1);
      lpm.publish();
      const kind = lpm.kindOf(4);
      lpm.lookupBatch(4, skewed);
      lpm.publish();
      expect(lpm.kindOf(4)).toBe(kind);
    }
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
