/** What commander takes for a misspelling goes far; only what may have been meant is told. */
import { isNear } from '../ios/nearest.ts';

const MESSAGE =
  /(unknown (?:command|option) '(?<typed>[^']*)')\n\(Did you mean (?:one of )?(?<words>[^?]*)\?\)/;

/** An error of commander without suggestions that have little to do with what was typed. */
export function tightenSuggestions(message: string): string {
  return message.replace(MESSAGE, (whole: string, problem: string, typed: string, words: string) => {
    const near = words.split(', ').filter((word) => isNear(bare(typed), bare(word)));
    if (near.length === 0) return problem;
    return `${problem}\n(Did you mean ${near.length > 1 ? 'one of ' : ''}${near.join(', ')}?)`;
  });
}

/** Dashes tell nothing: every option has them. */
function bare(word: string): string {
  return word.toLowerCase().replace(/^--?/, '');
}
