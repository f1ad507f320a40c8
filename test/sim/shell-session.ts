// Sessions in the shell of a lab of examples/, as they would stand on the terminal.
import type { LabFile } from '../../src/sim/lab-file.ts';
import { createLab, type LabSettings } from '../../src/sim/lab.ts';
import { LabShell, withoutConsoleSteps } from '../../src/sim/lab-shell.ts';
import type { ShellOutput } from '../../src/sim/lab-shell-output.ts';
import { seconds, type Micros } from '../../src/base/time.ts';
import { labFile, makeModel } from '../scenarios/support.ts';

export interface SessionSettings extends Partial<LabSettings> {
  readonly file?: LabFile;
  readonly at?: Micros;
}

/** A shell as `pxtr lab shell` opens it, on the model. */
export function openShell(example = 'pxtr', settings: SessionSettings = {}): LabShell {
  const { at = seconds(10), file = withoutConsoleSteps(labFile(example)), ...rest } = settings;
  const lab = createLab(file, { makeDataPlane: makeModel, ...rest });
  lab.timeline.runUntil(at);
  return new LabShell(lab);
}

/** One line, to its end. */
export function enter(shell: LabShell, line: string): ShellOutput {
  let output = shell.enter(line);
  const lines = [...output.lines];
  while (output.busy) {
    output = shell.resume();
    lines.push(...output.lines);
  }
  return { ...output, lines };
}

/** What the lines print, prompts and lines included; a line that ends in `?` asks for help. */
export function session(shell: LabShell, script: string): string {
  const printed = script
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      if (line.endsWith('?')) return [shell.prompt + line, ...shell.help(line.slice(0, -1))];
      const output = enter(shell, line);
      return [output.prompt + output.line, ...output.lines];
    });
  return `${printed.join('\n')}\n`;
}

/** What one line prints. */
export function ask(shell: LabShell, line: string): string {
  return enter(shell, line).lines.join('\n');
}
