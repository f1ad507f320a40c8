/** The sweep of the `mapcache` suite, and its longest step. */
import { performance } from 'node:perf_hooks';
import { minutes, seconds } from '../src/base/time.ts';
import { BoundedMapCache } from '../src/engine/bounded-map-cache.ts';
import { CHANGES, entryOf, makeSite, openFor, timed } from './map-cache-work.ts';
import type { Case, SelfTimed } from './runner.ts';

const BUDGET = 1000;

/** Rounds of the sweep over a full cache; in one a hundredth of the entries has ended, and is learned again. */
export function sweep(entries: number): Case {
  const TTL = minutes(60);
  const SHARE = 100;
  let state: { readonly cache: BoundedMapCache; now: number } | undefined;
  const open = (): NonNullable<typeof state> => {
    if (state !== undefined) return state;
    const engine = openFor(entries);
    makeSite(engine);
    const cache = new BoundedMapCache(engine, { entries, idle: TTL * 1e6 });
    for (let number = 0; number < entries; number++) cache.learn(0, entryOf(number), TTL * 1e6);
    cache.publish();
    return (state = { cache, now: 0 });
  };
  const notes: Record<string, string> = {};
  /** A round of steps; how many left. */
  const round = ({ cache, now }: NonNullable<typeof state>, pauses: number[]): number => {
    let gone = 0;
    for (let isOver = false; !isOver;) {
      const start = performance.now();
      const step = cache.sweep(now, BUDGET);
      cache.publish();
      pauses.push(performance.now() - start);
      gone += step.departures.length;
      isOver = step.isRoundOver;
    }
    return gone;
  };
  const ended = Math.ceil(entries / SHARE);
  /** Gives every hundredth entry an end within the next hour. */
  const age = (of: NonNullable<typeof state>): void => {
    for (let number = 0; number < entries; number += SHARE) {
      of.cache.learn(of.now, entryOf(number), TTL);
      if (number % (SHARE * CHANGES) === 0) of.cache.publish();
    }
    of.cache.publish();
  };
  const contender = (name: string, isEnding: boolean): SelfTimed => ({
    name,
    time: () => {
      const of = open();
      if (isEnding) age(of);
      of.now += isEnding ? TTL : seconds(1);
      const pauses: number[] = [];
      let gone = 0;
      const result = timed(entries, () => (gone = round(of, pauses)));
      if (gone !== (isEnding ? ended : 0)) throw new Error(`sweep: ${gone} entries left, not ${ended}`);
      const sorted = pauses.toSorted((a, b) => a - b);
      const ms = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(3);
      notes[name] =
        `${sorted.length} steps; one with its publish took ${ms(0.5)} ms in the middle, ${ms(0.99)} of 99 %, ${ms(1)} at most`;
      return result;
    },
  });
  return {
    name: `sweep in steps of ${BUDGET}`,
    unit: 'entry',
    operations: entries,
    baseline: 'nothing ends',
    contenders: [contender('nothing ends', false), contender('one in 100 ends', true)],
    gate: () => {
      const of = open();
      age(of);
      of.now += TTL - 1;
      const early = round(of, []);
      of.now += 1;
      const due = round(of, []);
      if (early !== 0 || due !== ended)
        throw new Error(`sweep: ${early} left too early and ${due} in time, not 0 and ${ended}`);
      age(of);
    },
    facts: { entries, budget: BUDGET },
    notes,
  };
}
