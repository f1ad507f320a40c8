/** A session as a script: entered into a shell of the same lab it gives the same run. */
import type { JournalEntry, LabInput } from './journal.ts';
import type { Lab } from './lab.ts';
import { formatTime } from './log.ts';

export function sessionScript({ file, seed, inputs }: Lab): string {
  const head = [`! A session in the lab ${file.name}: pxtr lab shell ${file.name} --seed ${seed} < FILE`];
  return [...head, ...inputs.flatMap(linesOf), ''].join('\n');
}

/** The point of the run that the input was made at, and the line. */
function linesOf({ time, madeAt, input }: JournalEntry<LabInput>): string[] {
  const line = lineOf(input);
  return line === undefined ? [] : [`at #${madeAt} ${formatTime(time)}s`, line];
}

function lineOf(input: LabInput): string | undefined {
  switch (input.kind) {
    case 'command':
      // One blank behind a prompt is not of the line.
      return `${input.node}#${input.line.startsWith(' ') ? ' ' : ''}${input.line}`;
    case 'link':
      return input.change.up === undefined
        ? undefined
        : `link ${input.link} ${input.change.up ? 'up' : 'down'}`;
    default:
      return undefined;
  }
}
