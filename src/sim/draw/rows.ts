/** Things in rows: an order with few crossings, then places along the row. Same input, same picture. */

/** A connection of two things, by index. */
export interface Wire {
  readonly a: number;
  readonly b: number;
}

/** A connection that pulls: `aAt` and `bAt` are where it is fixed, from the left of either thing. */
export interface Spring extends Wire {
  readonly aAt: number;
  readonly bAt: number;
}

const SWEEPS = 12;

/**
 * Orders the things of each row so that few wires cross: again and again each row is sorted by the mean place of its
 * neighbours in the row before it (Sugiyama, Tagawa, Toda, 1981); the best order seen wins, the first among equals.
 */
export function orderRows(rows: readonly (readonly number[])[], wires: readonly Wire[]): number[][] {
  let order = rows.map((row) => [...row]);
  let best = order;
  let least = crossings(order, wires);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    order = sweepOnce(order, wires, sweep % 2 === 0);
    const count = crossings(order, wires);
    if (count >= least) continue;
    least = count;
    best = order;
  }
  return best.map((row) => [...row]);
}

function sweepOnce(
  order: readonly (readonly number[])[],
  wires: readonly Wire[],
  isDown: boolean,
): number[][] {
  const next = order.map((row) => [...row]);
  const last = next.length - 1;
  for (let step = 1; step <= last; step++) {
    const [row, before] = isDown ? [step, step - 1] : [last - step, last - step + 1];
    const places = new Map(next[before]!.map((each, place) => [each, place]));
    const wish = (each: number, place: number): number => {
      const known = wires.flatMap(({ a, b }) => (a === each ? [b] : b === each ? [a] : []));
      const found = known.flatMap((other) => places.get(other) ?? []);
      return found.length === 0 ? place : mean(found);
    };
    const wishes = new Map(next[row]!.map((each, place) => [each, wish(each, place)]));
    // Array.sort is stable: things with one wish keep their order.
    next[row]!.sort((x, y) => wishes.get(x)! - wishes.get(y)!);
  }
  return next;
}

/** Pairs of wires between neighbouring rows that cross. */
export function crossings(order: readonly (readonly number[])[], wires: readonly Wire[]): number {
  const rowOf = new Map(
    order.flatMap((row, i) => row.map((each, place) => [each, { row: i, place }] as const)),
  );
  const spans = wires.flatMap(({ a, b }) => {
    const [one, other] = [rowOf.get(a), rowOf.get(b)];
    if (one === undefined || other === undefined || Math.abs(one.row - other.row) !== 1) return [];
    const [upper, lower] = one.row < other.row ? [one, other] : [other, one];
    return [{ row: upper.row, from: upper.place, to: lower.place }];
  });
  let count = 0;
  for (const [i, x] of spans.entries()) {
    for (const y of spans.slice(i + 1)) {
      if (x.row === y.row && (x.from - y.from) * (x.to - y.to) < 0) count++;
    }
  }
  return count;
}

const ROUNDS = 40;

/**
 * Left edges, by thing: each as near as its springs allow, none nearer to its neighbour than `gap` says. The
 * picture's left edge is 0.
 */
export function placeRows(
  rows: readonly (readonly number[])[],
  widths: readonly number[],
  springs: readonly Spring[],
  gap: (left: number, right: number) => number,
): number[] {
  const lefts = widths.map(() => 0);
  for (const row of rows) {
    let at = 0;
    for (const [place, each] of row.entries()) {
      if (place > 0) at += widths[row[place - 1]!]! + gap(row[place - 1]!, each);
      lefts[each] = at;
    }
  }
  const settle = (row: readonly number[]): void => {
    const wishes = row.map((each) => {
      const pulls = springs.flatMap(({ a, b, aAt, bAt }) =>
        a === each ? [lefts[b]! + bAt - aAt] : b === each ? [lefts[a]! + aAt - bAt] : [],
      );
      return { wish: pulls.length === 0 ? lefts[each]! : mean(pulls), weight: Math.max(0.1, pulls.length) };
    });
    const offsets: number[] = [];
    for (const [place, each] of row.entries()) {
      const before = row[place - 1];
      offsets.push(before === undefined ? 0 : offsets[place - 1]! + widths[before]! + gap(before, each));
    }
    const level = rising(
      wishes.map(({ wish, weight }, place) => ({ value: wish - offsets[place]!, weight })),
    );
    for (const [place, each] of row.entries()) lefts[each] = level[place]! + offsets[place]!;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of round % 2 === 0 ? rows : [...rows].reverse()) settle(row);
  }
  const least = Math.min(...rows.flat().map((each) => lefts[each]!));
  return lefts.map((left) => left - least);
}

/** The rising sequence nearest to the values, by weighted squares: neighbours that are out of order share a mean. */
function rising(values: readonly { readonly value: number; readonly weight: number }[]): number[] {
  const pools: { value: number; weight: number; count: number }[] = [];
  for (const { value, weight } of values) {
    let pool = { value, weight, count: 1 };
    for (let last = pools.at(-1); last !== undefined && last.value > pool.value; last = pools.at(-1)) {
      pools.pop();
      const sum = last.weight + pool.weight;
      pool = {
        value: (last.value * last.weight + pool.value * pool.weight) / sum,
        weight: sum,
        count: last.count + pool.count,
      };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ value, count }) => new Array<number>(count).fill(value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
