/** Rounds in which each contender has its turn, so that drift of the machine meets all of them alike. */
import type { TableContender } from './contender.ts';

/** A contender in batches of one size. */
export interface Turn {
  readonly contender: TableContender;
  readonly batch: number;
}

/** Keys between two looks at the clock. */
const STRETCH = 1 << 16;

/** What contenders return ends here, so that no compiler can leave their work out. */
let sink = 0;

export function consume(value: number | bigint): void {
  sink = (sink + Number(BigInt.asUintN(30, BigInt(value)))) | 0;
}

/** Must be told to somebody, for the same reason. */
export function consumed(): number {
  return sink;
}

/** Million lookups a second of CPU time, of each turn in each of `rounds` rounds. `keys` have been set. */
export function timeRounds(
  turns: readonly Turn[],
  keys: number,
  rounds: number,
  milliseconds: number,
  progress: (round: number, turn: Turn) => void,
): number[][] {
  const rates = turns.map((): number[] => []);
  const places = turns.map(() => 0);
  for (let round = 0; round <= rounds; round++) {
    for (let n = 0; n < turns.length; n++) {
      // Another one goes first each time; round 0 warms up.
      const i = (n + round) % turns.length;
      progress(round, turns[i]!);
      const { rate, place } = timeTurn(turns[i]!, keys, places[i]!, milliseconds);
      places[i] = place;
      if (round > 0) rates[i]!.push(rate);
    }
  }
  return rates;
}

/** Goes on in the trace where the last turn ended: a slow one meets all of the keys as well. */
function timeTurn(
  { contender, batch }: Turn,
  keys: number,
  from: number,
  milliseconds: number,
): { rate: number; place: number } {
  let place = from;
  let done = 0;
  const start = process.cpuUsage();
  for (;;) {
    const count = Math.min(STRETCH, keys - place);
    consume(contender.pass(count, batch, place));
    done += count;
    place = place + count === keys ? 0 : place + count;
    const { user, system } = process.cpuUsage(start);
    if (user + system >= milliseconds * 1000) return { rate: done / (user + system), place };
  }
}
