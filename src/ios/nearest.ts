/** The candidate that differs least from `text`, if it is near enough to be what was meant. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance && isNear(wanted, candidate.toLowerCase(), distance)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Whether one may have been typed for the other. Short words are all near to one another, so they are allowed one slip
 * or the same letters in another order; and who mistypes a word seldom does so at its first letter.
 */
export function isNear(text: string, candidate: string, distance = editDistance(text, candidate)): boolean {
  const shorter = Math.min(text.length, candidate.length);
  if (shorter === 0) return false;
  const beginsAlike = text[0] === candidate[0];
  if (beginsAlike && letters(text) === letters(candidate)) return true;
  if (distance > (shorter <= 4 ? 1 : shorter <= 8 ? 2 : 3)) return false;
  return (
    beginsAlike || (distance === 1 && shorter >= 4) || (text[0] === candidate[1] && text[1] === candidate[0])
  );
}

function letters(word: string): string {
  return Array.from(word).sort().join('');
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
