/** The arguments of npm run bench, and what is said when it goes wrong: as the pxtr command says it. */
import { parseArgs } from 'node:util';
import { kindsNamed } from '../src/bench/forms.ts';
import { InputError } from '../src/bench/input-error.ts';
import { failureText } from '../src/cli/failure-text.ts';
import { EXIT } from '../src/cli/io.ts';
import type { Settings } from './runner.ts';

export const OPTIONS = {
  help: { type: 'boolean', default: false },
  json: { type: 'string' },
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '0.2' },
  seed: { type: 'string', default: '1' },
  keys: { type: 'string' },
  unsummed: { type: 'boolean', default: false },
  entries: { type: 'string' },
  table: { type: 'string' },
  traces: { type: 'string' },
  kinds: { type: 'string' },
  peers: { type: 'boolean', default: false },
} as const;

const HINT = 'npm run bench -- --help says how to use it.';

type Arguments = ReturnType<typeof parse>;

/** @throws InputError for an option that there is not, or that is not complete */
export function readArguments(args: readonly string[]): Arguments {
  try {
    return parse(args);
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    // Node adds advice about its own syntax: only the first sentence is about what was typed.
    const [said] = problem.message.split(/\. |\n/);
    throw new InputError(`${said!.charAt(0).toLowerCase()}${said!.slice(1)}`, HINT);
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args, allowPositionals: true, options: OPTIONS });
}

/** @throws InputError for numbers that are none */
export function settingsOf(values: Arguments['values']): Settings {
  return {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    seed: positive('seed', values.seed),
    keys: values.keys === undefined ? 0 : positive('keys', values.keys),
    unsummed: values.unsummed,
    ...(values.entries === undefined ? {} : { entries: positive('entries', values.entries) }),
    ...(values.table === undefined ? {} : { prefixes: values.table }),
    ...(values.kinds === undefined ? {} : { kinds: kindsOf(values.kinds) }),
    ...(values.peers ? { peers: true } : {}),
  };
}

/** `all` alone leaves open which of all can manage the table. */
function kindsOf(text: string): NonNullable<Settings['kinds']> {
  return text.trim() === 'all' ? 'all' : kindsNamed(text);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InputError(`--${option} takes a positive number, not ${text}`);
  return value;
}

/** What is printed, and the exit code: that of the pxtr command for the same mistake. */
export function failureOf(problem: unknown): {
  readonly lines: readonly string[];
  readonly exitCode: number;
} {
  if (problem instanceof InputError) {
    const hint = problem.hint === undefined ? [] : [problem.hint];
    return { lines: [`bench: ${problem.message}`, ...hint], exitCode: EXIT.usage };
  }
  const { path } = problem as NodeJS.ErrnoException;
  if (typeof path === 'string')
    return { lines: [`bench: cannot open ${path}: ${failureText(problem)}`], exitCode: EXIT.usage };
  return { lines: [`bench: ${failureText(problem)}`], exitCode: EXIT.failed };
}
