import { writeFileSync } from 'node:fs';
import type { ShellOutput } from '../sim/lab-shell-output.ts';
import { failureText } from './failure-text.ts';

/** An output whose files are written: with what came of that. */
export interface Settled extends ShellOutput {
  /** The line asks to leave the shell. */
  readonly quits: boolean;
}

/** Writes the files that a line asks for. */
export function settle(output: ShellOutput): Settled {
  const lines = [...output.lines];
  let { refused } = output;
  for (const effect of output.effects) {
    if (effect.kind !== 'write') continue;
    const { path, bytes } = effect;
    try {
      writeFileSync(path, bytes);
      lines.push(`Exported successfully: ${path}, ${bytes.length} bytes`);
    } catch (problem) {
      lines.push(`% Cannot write ${path}: ${failureText(problem)}`);
      refused = true;
    }
  }
  const quits = output.effects.some(({ kind }) => kind === 'quit');
  // `exit` and `logout` leave a console on IOS, and a key brings it back: here nothing is left.
  if (quits && output.line !== 'quit')
    lines.push('The lab is closed: "pxtr lab shell" opens it anew. "save FILE" keeps a session before.');
  return { ...output, lines, refused, quits };
}
