/** Lines of two configurations that differ, each below the lines that say where it stands. */

/** A line that only one of two configurations has (`-` the first, `+` the second), or one that gives it its place. */
export interface ConfigDiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/**
 * Compares section by section: what is indented below a line belongs to it. Comments, empty lines and spaces at the
 * ends do not count; the order of lines does.
 */
export function diffConfigs(a: string, b: string): ConfigDiffLine[] {
  return diffSections(sectionsOf(a), sectionsOf(b));
}

/** A line and what is indented below it. */
interface Section {
  readonly text: string;
  readonly depth: number;
  readonly inside: Section[];
}

function sectionsOf(text: string): Section[] {
  const top: Section[] = [];
  const open: Section[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trimEnd();
    const depth = line.length - line.trimStart().length;
    if (line === '' || line.startsWith('!', depth)) continue;
    const section = { text: line, depth, inside: [] };
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
    (open.at(-1)?.inside ?? top).push(section);
    open.push(section);
  }
  return top;
}

function diffSections(a: readonly Section[], b: readonly Section[]): ConfigDiffLine[] {
  // lengths[i][j]: of the longest common subsequence of a from i on and b from j on.
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [row, below] = [lengths[i]!, lengths[i + 1]!];
      row[j] = a[i]!.text === b[j]!.text ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!);
    }
  }
  const lines: ConfigDiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [old, now] = [a[i], b[j]];
    if (old !== undefined && old.text === now?.text) {
      const inside = diffSections(old.inside, now.inside);
      if (inside.length > 0) lines.push({ sign: ' ', text: old.text }, ...inside);
      i++;
      j++;
    } else if (now === undefined || (old !== undefined && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(...whole(old!, '-'));
      i++;
    } else {
      lines.push(...whole(now, '+'));
      j++;
    }
  }
  return lines;
}

function whole({ text, inside }: Section, sign: '-' | '+'): ConfigDiffLine[] {
  return [{ sign, text }, ...inside.flatMap((each) => whole(each, sign))];
}
