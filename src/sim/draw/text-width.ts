/** Widths of texts without a font at hand: estimates that the usual fonts stay below. */

/** Parts of the font size: fixed-width fonts have 0.6 or a little less. */
const MONO = 0.605;

/** Parts of the font size, of the widest of the sans-serif fonts that the pictures ask for. */
const SANS: readonly (readonly [RegExp, number])[] = [
  [/[iljI.,:;'|! ]/, 0.33],
  [/[ftr()[\]/\-"]/, 0.44],
  [/[mwMW@%]/, 0.95],
  [/[A-Z]/, 0.72],
];
const SANS_OTHER = 0.63;
/** Bold letters are wider. */
const BOLD = 1.13;

/** A font of the pictures. */
export interface Font {
  readonly family: 'sans' | 'mono';
  /** In units of the picture. */
  readonly size: number;
  readonly bold?: true;
}

/** Width of a text in units of the picture, rather too much than too little: a code unit counts as a letter. */
export function textWidth(text: string, { family, size, bold }: Font): number {
  if (family === 'mono') return text.length * MONO * size;
  const units = Array.from(text, sansWidth).reduce((sum, width) => sum + width, 0);
  return units * size * (bold === true ? BOLD : 1);
}

function sansWidth(letter: string): number {
  return SANS.find(([letters]) => letters.test(letter))?.[1] ?? SANS_OTHER;
}
