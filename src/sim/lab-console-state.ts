/** The console of one node as data. */
import type { Micros } from '../base/time.ts';
import { formatConfigError, type ConfigError } from '../ios/config-error.ts';
import { promptOf, type ConfigState } from '../ios/config-line.ts';
import type { ConsoleFacts } from '../ios/console-facts.ts';
import type { Draft } from '../ios/draft.ts';
import type { ExecCommand } from '../ios/exec.ts';
import type { NamedHost } from '../ios/named-host.ts';
import type { RouterOptions } from '../router/options.ts';
import type { Router } from '../router/router.ts';

/** Plain data, never changed in place. */
export interface ConsoleState {
  readonly mode: 'user' | 'privileged' | 'config';
  /** Absent at a host. */
  readonly config?: ConfigState;
  /** What was amiss with the configuration when configuration mode was entered. */
  readonly complaints: readonly string[];
  /** Lines typed, oldest first; the last HISTORY_LENGTH of them. */
  readonly history: readonly string[];
  /** Debug topics that are on. */
  readonly debugging: readonly string[];
  readonly capture?: Capture;
  /** The command whose end the console waits for. */
  readonly busy?: Job & { readonly line: string };
  /** Lines that were typed meanwhile. */
  readonly queue: readonly string[];
  /** Lines carried out so far. */
  readonly entered: number;
  /** The last of them was refused. */
  readonly refused: boolean;
}

/** `monitor capture`: which frames it took. */
export interface Capture {
  readonly startedAt: Micros;
  readonly stoppedAt?: Micros;
  /** Absent: all interfaces. */
  readonly interfaceName?: string;
  readonly packets: number;
  readonly bytes: number;
  /** Numbers of the first and the last frame. */
  readonly frames?: readonly [first: number, last: number];
}

/** A command that takes virtual time. */
export type Job = Extract<ExecCommand, { kind: 'ping' | 'traceroute' | 'lig' }>;

/** What a node is to do about a line. */
export type ConsoleAction =
  | Job
  | { readonly kind: 'configure'; readonly options: RouterOptions }
  | Extract<ExecCommand, { kind: `clear-${string}` | 'trace' }>;

export interface ConsoleOutcome {
  readonly state: ConsoleState;
  /** Printed at once. */
  readonly lines: readonly string[];
  readonly action?: ConsoleAction;
}

/** The node behind a console, now. */
export interface ConsoleNode {
  /** Those of a router; for a host its interface and addresses. */
  readonly options: RouterOptions;
  /** Absent for a host. */
  readonly router?: Router;
  readonly now: Micros;
  /** The nodes of the lab. */
  readonly hosts: readonly NamedHost[];
  /** EID space that would clash with RLOC space in the lab, were these the options of the router. */
  clashes?(options: RouterOptions): readonly string[];
}

export function newConsole(draft?: Draft): ConsoleState {
  return {
    mode: 'privileged',
    ...(draft && { config: { draft, path: [] } }),
    complaints: [],
    history: [],
    debugging: [],
    queue: [],
    entered: 0,
    refused: false,
  };
}

/** What stands between the hostname and the line: `#`, `>`, `(config-if)#`. */
export function promptEnd({ mode, config }: ConsoleState): string {
  if (mode === 'config' && config !== undefined) return `${promptOf(config)}#`;
  return mode === 'user' ? '>' : '#';
}

/** What `show` commands print of a console. */
export function consoleFacts(state: ConsoleState): ConsoleFacts | undefined {
  const { config, history, debugging, capture } = state;
  if (config === undefined) return undefined;
  return { draft: config.draft, history, debugging, ...(capture && { capture }) };
}

export function refuse(state: ConsoleState, lines: readonly string[]): ConsoleOutcome {
  return { state: { ...state, refused: true }, lines };
}

/** The caret under the typed line, behind its prompt, and the message; a caret only where IOS puts one. */
export function complaint(error: ConfigError, state: ConsoleState, { options }: ConsoleNode): string[] {
  if (/^% (Incomplete|Ambiguous)/.test(error.message))
    return [error.message, ...(error.hint === '' ? [] : [`  ${error.hint}`])];
  const prompt = options.hostname + promptEnd(state);
  const [caret = '', ...rest] = formatConfigError(error, 'console').split('\n').slice(2);
  return [' '.repeat(prompt.length) + caret, ...rest];
}
