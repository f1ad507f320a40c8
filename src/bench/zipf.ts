import { fraction, type Random } from '../base/random.ts';

/** Draws ranks 0 .. count - 1 by Zipf's law with exponent 1: the first most often. */
export function zipf(count: number, random: Random): () => number {
  const shares = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) shares[rank] = sum += 1 / (rank + 1);
  return () => {
    const at = fraction(random) * sum;
    let low = 0;
    let high = count - 1;
    // The first rank up to which the shares add up to more.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (shares[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
