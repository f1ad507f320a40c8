/** Text in columns: lines that people compare by eye. */

/** Columns of the output: a window that is not maximized, and what fits a printed page. */
export const PAGE_COLUMNS = 100;

export interface TableOptions {
  /** Put before every line. Default ''. */
  readonly indent?: string;
  /** Styles for columns, applied after the widths are known. */
  readonly styles?: readonly (((text: string) => string) | undefined)[];
  /** Widest the columns get; after a longer cell the row goes on in the next line. */
  readonly caps?: readonly (number | undefined)[];
}

const GAP = '  ';
/** Below this a wrapped column is worse than a long line. */
const LEAST_LAST_COLUMN = 24;

/** Rows as aligned lines; every column but the last is as wide as its widest cell, the last one is wrapped. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  return tableRows(rows, options).flat();
}

/** The same, with the lines of each row by themselves. */
export function tableRows(rows: readonly (readonly string[])[], options: TableOptions = {}): string[][] {
  const { indent = '', styles = [], caps = [] } = options;
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const widths = Array.from({ length: Math.max(0, last) }, (_, i) => {
    const lengths = rows.map((row) => (row[i] ?? '').length);
    return Math.max(0, ...lengths.filter((length) => length <= (caps[i] ?? Infinity)));
  });
  const before = widths.reduce((sum, width) => sum + width + GAP.length, indent.length);
  const room = Math.max(LEAST_LAST_COLUMN, PAGE_COLUMNS - before);
  const line = (cells: readonly string[]): string => {
    const styled = cells.map((cell, i) => {
      const padded = i === last ? cell : cell.padEnd(widths[i]!);
      return cell === '' ? padded : (styles[i]?.(padded) ?? padded);
    });
    return `${indent}${styled.join(GAP)}`.trimEnd();
  };
  return rows.map((row) => {
    const head = widths.map((_, i) => row[i] ?? '');
    const isLong = head.some((cell, i) => cell.length > widths[i]!);
    const [first = '', ...rest] = wrap(row[last] ?? '', room);
    const blank = widths.map(() => '');
    return [
      ...(isLong ? [line(head), line([...blank, first])] : [line([...head, first])]),
      ...rest.map((text) => line([...blank, text])),
    ];
  });
}

/** Breaks text at spaces so that lines have at most `width` characters; longer words stand alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** `10.000000` as `10.000`, and further without a fraction that says nothing: `30`. */
export function shortTime(seconds: string): string {
  return seconds.replace(/0{3}$/, '').replace(/\.0*$/, '');
}

/** `1 packet`, `2 packets`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
