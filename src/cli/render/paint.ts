import pc from 'picocolors';

/** The few styles the output uses. With colours off each returns its text unchanged. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
}

export function paintFor(colors: boolean): Paint {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(colors);
  return { title: bold, dim, good: green, bad: red, warn: yellow, name: cyan };
}
