/** Lines of two configurations that differ, each below the lines that say where it stands. */

/** A line that only one of two configurations has (`-` the first, `+` the second), or one that gives it its place. */
export interface ConfigDiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** Comments, empty lines and spaces at the ends do not count; the order of lines does. */
export function diffConfigs(a: string, b: string): ConfigDiffLine[] {
  const [before, after] = [linesOf(a), linesOf(b)];
  const marked = mark(before, after);
  const shown: ConfigDiffLine[] = [];
  // The lines that the current line is indented below.
  let path: { readonly text: string; readonly depth: number; isShown: boolean }[] = [];
  for (const { sign, text } of marked) {
    const depth = depthOf(text);
    path = path.filter((each) => each.depth < depth);
    if (sign !== ' ') {
      for (const parent of path) {
        if (!parent.isShown) shown.push({ sign: ' ', text: parent.text });
        parent.isShown = true;
      }
      shown.push({ sign, text });
    }
    path.push({ text, depth, isShown: sign !== ' ' });
  }
  return shown;
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('!'));
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** All lines of both in order; those of a longest common subsequence have no sign. */
function mark(a: readonly string[], b: readonly string[]): ConfigDiffLine[] {
  // lengths[i][j]: of the longest common subsequence of a from i on and b from j on.
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [row, below] = [lengths[i]!, lengths[i + 1]!];
      row[j] = a[i] === b[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!);
    }
  }
  const marked: ConfigDiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marked.push({ sign: ' ', text: a[i]! });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      marked.push({ sign: '-', text: a[i++]! });
    } else marked.push({ sign: '+', text: b[j++]! });
  }
  return marked;
}
