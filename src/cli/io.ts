import type { Readable } from 'node:stream';

/** What commands may touch of the outside world: where they print. Tests hand in their own. */
export interface CliIo {
  /** Standard output; the text brings its own line ends. */
  readonly out: (chunk: string | Uint8Array) => void;
  /** Standard error. */
  readonly err: (text: string) => void;
  readonly colors: boolean;
  /** Standard input; absent: there is none. */
  readonly input?: Readable;
  /** Set when a person sits at both ends. */
  readonly terminal?: TerminalIo | undefined;
  /** A person looks at standard error: there is sense in telling how far long work is. */
  readonly isWatched?: boolean;
}

export interface TerminalIo {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Exit codes of every command. `usage`: it cannot be carried out as it was typed, be it a flag, a name, or a file that
 * cannot be read. `failed`: it was begun, and what it read is wrong, or what it made could not be written. Commands that
 * compare use 1 as diff(1) does. `assertion`: all went well, and an expectation does not hold.
 */
export const EXIT = { ok: 0, failed: 1, usage: 2, assertion: 3 } as const;

/** Where a command leaves its exit code. */
export interface ExitState {
  code: number;
}

/** A failure with a message for people; commands throw it, `runCli` prints it. */
export class CliError extends Error {
  readonly exitCode: number;
  /** What to try instead, on a line of its own. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/**
 * Colours only for a person at a terminal who did not refuse them (no-color.org). `isTerminal` is what a stream's
 * `isTTY` says: undefined for pipes and files.
 */
export function wantsColors(env: NodeJS.ProcessEnv, isTerminal: boolean | undefined): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal === true && env['TERM'] !== 'dumb';
}
