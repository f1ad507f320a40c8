import type { Micros } from '../base/time.ts';

/** What a line did. */
export interface ShellOutput {
  /** The node whose console took the line; absent for commands of the shell. */
  readonly node?: string;
  /** The prompt that the line stands behind. */
  readonly prompt: string;
  /** As it was taken, without a pasted prompt. */
  readonly line: string;
  /** When it was typed. */
  readonly time: Micros;
  readonly lines: readonly string[];
  readonly refused: boolean;
  /** The console still waits for the end of the command: `resume` goes on, `abandon` stops waiting. */
  readonly busy: boolean;
  readonly effects: readonly ShellEffect[];
}

/** What the surroundings of the shell are asked to do. */
export type ShellEffect =
  { readonly kind: 'write'; readonly path: string; readonly bytes: Uint8Array } | { readonly kind: 'quit' };

/** What a line did, as far as it is not empty. */
export type Done = Partial<Pick<ShellOutput, 'node' | 'lines' | 'refused' | 'busy' | 'effects'>>;

/** The line itself. */
export type Head = Pick<ShellOutput, 'prompt' | 'line' | 'time'>;

/** The output of a line that did this. */
export function finished(head: Head, done: Done): ShellOutput {
  return { ...head, lines: [], refused: false, busy: false, effects: [], ...done };
}
