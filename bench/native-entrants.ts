/** Who looks up the keys of a trace: is judged by its answers, then timed. */
import type { OpenTable } from './native-tables.ts';
import { BATCH, digestText, ran, roundOf, timeHere, type Field } from './native-field.ts';
import { digestOf } from '../src/bench/gate.ts';
import type { RightAnswers } from './right-answers.ts';
import type { SelfTimed } from './runner.ts';

export interface Entrant extends SelfTimed {
  /** Why it is refused; undefined: it may be timed. Comes first: the keys that are timed are those of `right`. */
  readonly judge: (right: RightAnswers) => Promise<string | undefined>;
}

/** In the harness. */
export function nativeEntrant(
  { harness, settings }: Field,
  name: string,
  trace: string,
  count: number,
): Entrant {
  const digest = async (some: number): Promise<string> => digestText(await harness.check(name, trace, some));
  return {
    name,
    judge: async (right) => {
      // It moves keys, and finds nothing.
      if (name.startsWith('null')) return undefined;
      return right.complaint({
        count,
        isMatch: false,
        digest,
        at: async (key) => Number(ran(await harness.check(name, trace, 1, { from: key })).sum),
        sum: async () => String(ran(await harness.round(name, trace, BATCH, count)).sum),
      });
    },
    time: async () =>
      roundOf(await harness.round(name, trace, BATCH, count, { unsummed: settings.unsummed })),
  };
}

/** In this process: over all `keys` of the trace, or as many as it takes. */
export function tableEntrant({ name, contender, most }: OpenTable, keys: number, summed: boolean): Entrant {
  const count = Math.min(most, keys);
  return {
    name,
    judge: (right) => {
      contender.setKeys(right.keys(count));
      const values = contender.values();
      return right.complaint({
        count,
        isMatch: contender.answers === 'match',
        digest: (some) => digestOf(values.subarray(0, some)),
        at: (key) => values[key]!,
        sum: () => String(contender.pass(count, BATCH, 0)),
      });
    },
    time: () => timeHere(count, () => Number(BigInt(contender.pass(count, BATCH, 0, summed)) & 0xffffn)),
  };
}
