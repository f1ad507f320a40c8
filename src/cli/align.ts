/** Two sequences side by side: a longest common subsequence, so that what is equal stands in one row. */

/** A row: indices into the two sequences; one of them is absent where only the other has something. */
export interface AlignedRow {
  readonly left?: number;
  readonly right?: number;
}

/** Above this many cells of the table, sequences are compared in place after their common ends. */
const CELL_LIMIT = 25_000_000;

/** Rows in the order of both sequences. Between two equal ones, what only the left has comes first. */
export function align(left: readonly string[], right: readonly string[]): AlignedRow[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  )
    tail++;
  const same = (from: number, to: number, count: number): AlignedRow[] =>
    Array.from({ length: count }, (_, i) => ({ left: from + i, right: to + i }));
  const middle = alignMiddle(left.slice(head, left.length - tail), right.slice(head, right.length - tail));
  return [
    ...same(0, 0, head),
    ...middle.map((row) => ({
      ...(row.left === undefined ? {} : { left: row.left + head }),
      ...(row.right === undefined ? {} : { right: row.right + head }),
    })),
    ...same(left.length - tail, right.length - tail, tail),
  ];
}

function alignMiddle(left: readonly string[], right: readonly string[]): AlignedRow[] {
  if (left.length * right.length > CELL_LIMIT) return inPlace(left, right);
  // lengths[i][j]: of the longest common subsequence of left from i on and right from j on.
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  const rows: AlignedRow[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) rows.push({ left: i++, right: j++ });
    else if (
      j >= right.length ||
      (i < left.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    )
      rows.push({ left: i++ });
    else rows.push({ right: j++ });
  }
  return rows;
}

function inPlace(left: readonly string[], right: readonly string[]): AlignedRow[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i): AlignedRow[] => {
    if (left[i] === right[i]) return [{ left: i, right: i }];
    return [...(i < left.length ? [{ left: i }] : []), ...(i < right.length ? [{ right: i }] : [])];
  }).flat();
}
