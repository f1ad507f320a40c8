import pc from 'picocolors';

/** The few styles the output uses. With colours off each returns its text unchanged. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
  /** How a check came out, for the beginning of its line; without a style of its own. */
  readonly marks: Readonly<Record<'good' | 'bad' | 'none', string>>;
}

/** Where colours are, a person is; files and pipes get letters that any program can look for, as wide as one another. */
const SIGNS = { good: '✓', bad: '✗', none: '-' } as const;
const WORDS = { good: 'ok  ', bad: 'FAIL', none: '-   ' } as const;

export function paintFor(colors: boolean): Paint {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(colors);
  const marks = colors ? SIGNS : WORDS;
  return { title: bold, dim, good: green, bad: red, warn: yellow, name: cyan, marks };
}
