/** The commands of a lab shell that no router has: which node, which moment, which link. Exact words only. */
import { err, ok, type Result } from '../base/result.ts';
import type { Micros } from '../base/time.ts';
import { nearest } from '../ios/nearest.ts';
import { parseDuration } from './lab-units.ts';

export type ShellCommand =
  | { readonly kind: 'console'; readonly node: string }
  | { readonly kind: 'step' | 'back'; readonly count: number }
  | { readonly kind: 'undo' | 'time' | 'nodes' | 'links' | 'story' | 'help' | 'quit' }
  | { readonly kind: 'run'; readonly duration: Micros }
  | { readonly kind: 'at'; readonly time: Micros }
  /** Just after an event; then the clock may go on, as far as nothing happens. */
  | { readonly kind: 'at-event'; readonly event: number; readonly time?: Micros }
  | { readonly kind: 'link'; readonly link: string; readonly up: boolean }
  /** Tell the packets of every line from now on, or no longer. */
  | { readonly kind: 'tell'; readonly on: boolean }
  | { readonly kind: 'save'; readonly path: string };

export interface ShellNames {
  readonly nodes: readonly string[];
  readonly links: readonly string[];
}

interface Entry {
  readonly word: string;
  readonly usage: string;
  readonly help: string;
  /** Undefined: usage. A text: what is wrong. */
  read(args: readonly string[], names: ShellNames): ShellCommand | string | undefined;
}

const MAX_STEPS = 100_000;

export const SHELL_COMMANDS: readonly Entry[] = [
  {
    word: 'console',
    usage: 'console NODE',
    help: 'Go to its console; NODE#LINE only for it, or until "end"',
    read: ([node, ...more], { nodes }) => {
      if (node === undefined || more.length > 0) return undefined;
      return nodes.includes(node) ? { kind: 'console', node } : unknown('node', node, nodes);
    },
  },
  {
    word: 'nodes',
    usage: 'nodes',
    help: 'Nodes of the lab and their addresses',
    read: (args) => plain('nodes', args),
  },
  {
    word: 'step',
    usage: 'step [COUNT]',
    help: 'Go on by one event or more, and tell them',
    read: (args) => counted('step', args),
  },
  {
    word: 'back',
    usage: 'back [COUNT]',
    help: 'Go back by one event or more',
    read: (args) => counted('back', args),
  },
  {
    word: 'undo',
    usage: 'undo',
    help: 'Take back the last line that was typed',
    read: (args) => plain('undo', args),
  },
  {
    word: 'run',
    usage: 'run DURATION',
    help: 'Let time pass: run 5s, run 2m; Ctrl-C stops it',
    read: ([text, ...more]) => {
      if (text === undefined || more.length > 0) return undefined;
      const duration = durationOf(text);
      return duration === undefined ? noTime(text) : { kind: 'run', duration };
    },
  },
  {
    word: 'at',
    usage: 'at TIME',
    help: 'Go to a time, either way: at 10.005s; at #57: event 57',
    read: readAt,
  },
  {
    word: 'time',
    usage: 'time',
    help: 'The time of the lab',
    read: (args) => plain('time', args),
  },
  {
    word: 'link',
    usage: 'link [NAME up|down]',
    help: 'Links and their state; take one down or up',
    read: ([link, state, ...more], { links }) => {
      if (link === undefined) return { kind: 'links' };
      if (!links.includes(link)) return unknown('link', link, links);
      if ((state !== 'up' && state !== 'down') || more.length > 0) return undefined;
      return { kind: 'link', link, up: state === 'up' };
    },
  },
  {
    word: 'story',
    usage: 'story [on|off]',
    help: 'The packets so far, and why; on: behind every line',
    read: ([word, ...more]) => {
      if (more.length > 0) return undefined;
      if (word === undefined) return { kind: 'story' };
      return word === 'on' || word === 'off' ? { kind: 'tell', on: word === 'on' } : undefined;
    },
  },
  {
    word: 'save',
    usage: 'save FILE',
    help: 'Write this session as a script for the shell',
    read: ([path, ...more]) => (path === undefined || more.length > 0 ? undefined : { kind: 'save', path }),
  },
  {
    word: 'help',
    usage: 'help',
    help: 'What may be typed here; ? does it too, also behind a word',
    read: (args) => plain('help', args),
  },
  {
    word: 'quit',
    usage: 'quit',
    help: 'Leave the lab',
    read: (args) => plain('quit', args),
  },
];

/** Undefined when the line is none of the shell; a text when it is one with a mistake. */
export function readShellCommand(line: string, names: ShellNames): Result<ShellCommand, string> | undefined {
  const [word, ...args] = line.trim().split(/\s+/);
  const entry = SHELL_COMMANDS.find((each) => each.word === word);
  if (entry === undefined) return undefined;
  const command = entry.read(args, names);
  if (command === undefined) return err(`usage: ${entry.usage}`);
  return typeof command === 'string' ? err(command) : ok(command);
}

/** Fewer letters are more often a slip than an abbreviation. */
const LEAST_LETTERS = 3;

/** A line that no console understands, when its first word begins a command of the shell and the rest fits. */
export function readAbbreviated(line: string, names: ShellNames): Result<ShellCommand, string> | undefined {
  const [word = '', ...args] = line.trim().split(/\s+/);
  const begun =
    word.length < LEAST_LETTERS ? [] : SHELL_COMMANDS.filter((each) => each.word.startsWith(word));
  const command = begun.length === 1 ? begun[0]!.read(args, names) : undefined;
  if (command === undefined) return undefined;
  return typeof command === 'string' ? err(command) : ok(command);
}

/** Words that may stand behind a command of the shell. */
export function argumentsOf(word: string, names: ShellNames): readonly string[] {
  switch (word) {
    case 'console':
      return names.nodes;
    case 'link':
      return names.links;
    case 'story':
      return ['on', 'off'];
    default:
      return [];
  }
}

function plain(
  kind: 'undo' | 'time' | 'nodes' | 'help' | 'quit',
  args: readonly string[],
): ShellCommand | undefined {
  return args.length === 0 ? { kind } : undefined;
}

function counted(kind: 'step' | 'back', [text = '1', ...more]: readonly string[]): ShellCommand | undefined {
  const count = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  return more.length > 0 || count < 1 || count > MAX_STEPS ? undefined : { kind, count };
}

function readAt([text = '', ...more]: readonly string[]): ShellCommand | string | undefined {
  const [, number] = /^#([0-9]{1,9})$/.exec(text) ?? [];
  const [clock, ...rest] = more;
  if (number === undefined) {
    if (text === '' || more.length > 0) return undefined;
    const time = durationOf(text);
    return time === undefined ? noTime(text) : { kind: 'at', time };
  }
  const time = clock === undefined ? undefined : parseDuration(clock);
  if (rest.length > 0 || (clock !== undefined && time === undefined)) return undefined;
  return { kind: 'at-event', event: Number(number), ...(time !== undefined && { time }) };
}

/** A number alone is seconds. */
function durationOf(text: string): Micros | undefined {
  return parseDuration(/^[0-9]+(?:\.[0-9]+)?$/.test(text) ? `${text}s` : text);
}

function noTime(text: string): string {
  return `${text} is no time; write 5 or 5s, 200ms, 2m, 1h`;
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? `there is no ${what} ${name}; there are: ${known.join(', ')}`
    : `there is no ${what} ${name}; did you mean ${meant}?`;
}
