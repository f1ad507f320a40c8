/**
 * The Mann-Whitney U test (H. B. Mann, D. R. Whitney, "On a Test of Whether one of Two Random Variables is
 * Stochastically Larger than the Other", Ann. Math. Stat. 18(1), 1947), two-sided: how probable ranks as uneven as these
 * are when both samples come of one distribution. Equal values share their ranks. Exact where that is quick, else by the normal approximation.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = ranksOf([...a, ...b]);
  const sum = ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  const expected = (a.length * (ranks.length + 1)) / 2;
  if (a.length * b.length > MOST_EXACT) return approximate(ranks, a.length, sum - expected);
  const sums = subsetSums(ranks, a.length);
  let all = 0;
  let uneven = 0;
  for (const [doubled, ways] of sums) {
    all += ways;
    // Sums are doubled, so that shared ranks are whole numbers.
    if (Math.abs(doubled / 2 - expected) >= Math.abs(sum - expected)) uneven += ways;
  }
  return uneven / all;
}

/** Beyond this product of the sizes, counting takes too long. */
const MOST_EXACT = 2500;

/** The variance is that of sums of `size` of these ranks, so that shared ranks are allowed for. */
function approximate(ranks: readonly number[], size: number, deviation: number): number {
  const count = ranks.length;
  const mean = (count + 1) / 2;
  const spread = ranks.reduce((total, rank) => total + (rank - mean) ** 2, 0) / (count - 1);
  const variance = ((size * (count - size)) / count) * spread;
  if (variance === 0) return 1;
  // Half a rank of continuity.
  return twoSided(Math.max(0, Math.abs(deviation) - 0.5) / Math.sqrt(variance));
}

/** Of the normal distribution beyond z on both sides: Abramowitz and Stegun, 7.1.26, to 1.5e-7. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  return series.reduceRight((sum, factor) => (sum + factor) * t, 0) * Math.exp(-x * x);
}

/** From 1; equal values have the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const less = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return less + (equal + 1) / 2;
  });
}

/** Twice the sum of `size` of the ranks, and how many choices have it. */
function subsetSums(ranks: readonly number[], size: number): Map<number, number> {
  const bySize = Array.from({ length: size + 1 }, () => new Map<number, number>());
  bySize[0]!.set(0, 1);
  for (const rank of ranks) {
    for (let taken = size; taken > 0; taken--) {
      for (const [sum, ways] of bySize[taken - 1]!) {
        const more = sum + 2 * rank;
        bySize[taken]!.set(more, (bySize[taken]!.get(more) ?? 0) + ways);
      }
    }
  }
  return bySize[size]!;
}
