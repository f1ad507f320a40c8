/** Configuration mode of a console. */
import { optionsOf } from '../ios/apply.ts';
import { checkDraft } from '../ios/check.ts';
import { formatConfigError, type ConfigError } from '../ios/config-error.ts';
import { enterConfigLine, type ConfigState } from '../ios/config-line.ts';
import { DEFAULT_HOSTNAME, draftOf, type Draft } from '../ios/draft.ts';
import { hintForExecLine } from '../ios/exec.ts';
import { lexLine } from '../ios/lexer.ts';
import { warningsOf } from '../ios/warn.ts';
import {
  complaint,
  promptEnd,
  refuse,
  type ConsoleNode,
  type ConsoleOutcome,
  type ConsoleState,
} from './lab-console-state.ts';

/** A configuration as it was written: what a console finds when it is opened first. */
export function draftOfText(text: string): Draft {
  const empty = draftOf({ hostname: DEFAULT_HOSTNAME, interfaces: [], staticRoutes: [] });
  const lines = text.split(/\r\n|\r|\n/);
  const start: ConfigState = { draft: empty, path: [] };
  return lines.reduce((state, line) => enterConfigLine(state, line).state, start).draft;
}

/** Where the lines of a configuration session are told as they are entered. */
export interface SessionSink {
  typed(prompt: string, line: string): void;
  printed(text: string): void;
}

/**
 * Enters lines from global configuration mode on, in one go: the router gets the outcome. The console stays in the
 * mode it was in. Without a sink what is printed is in the outcome, each mistake with its line.
 */
export function configureLines(
  state: ConsoleState,
  lines: readonly string[],
  node: ConsoleNode,
  sink?: SessionSink,
): ConsoleOutcome {
  if (state.config === undefined) return refuse(state, ['% A host has no configuration mode.']);
  const printed: string[] = [];
  const print = (texts: readonly string[]): void => {
    if (sink === undefined) printed.push(...texts);
    else for (const text of texts) sink.printed(text);
  };
  let session = enterMode(state, node);
  let refused = false;
  for (const line of lines) {
    sink?.typed(promptEnd(session), line);
    const outcome = typeConfig({ ...session, refused: false }, line, node, sink === undefined);
    print(outcome.lines);
    session = outcome.state;
    refused ||= session.refused;
    if (session.mode !== 'config') break;
  }
  if (session.mode === 'config') {
    const left = leaveMode(session, node);
    print(left.lines);
    session = left.state;
  }
  const { draft } = session.config!;
  const after = { ...state, config: { ...state.config, draft }, refused };
  return { state: after, lines: printed, ...configured(draft, node) };
}

/** Reads one line in the mode that is open. */
export function typeConfig(
  state: ConsoleState,
  line: string,
  node: ConsoleNode,
  quotesLine = false,
): ConsoleOutcome {
  const entered = enterConfigLine(state.config!, line);
  const [error] = entered.errors;
  if (error !== undefined) {
    const hinted = hintForExecLine(lexLine(line, 1), error);
    return refuse(state, quotesLine ? quoted(hinted) : complaint(hinted, state, node));
  }
  const remarks = [
    ...entered.notices.map(({ message }) => `% ${message}`),
    ...entered.warnings.map(({ message }) => `% Warning: ${message}`),
  ];
  const next = { ...state, config: entered.state };
  const { state: after, lines } = entered.left ? leaveMode(next, node) : { state: next, lines: [] };
  return { state: after, lines: [...remarks, ...lines], ...configured(entered.state.draft, node) };
}

/** The router takes the draft over when it says something new. */
function configured(draft: Draft, { options }: ConsoleNode): Pick<ConsoleOutcome, 'action'> {
  const wanted = optionsOf(draft);
  return JSON.stringify(wanted) === JSON.stringify(options)
    ? {}
    : { action: { kind: 'configure', options: wanted } };
}

/** `configure terminal` */
export function enterMode(state: ConsoleState, node: ConsoleNode): ConsoleState {
  const { draft } = state.config!;
  return { ...state, mode: 'config', config: { draft, path: [] }, complaints: complaints(draft, node) };
}

/** Half of a configuration is no mistake while it is being entered; on leaving it is told. */
function leaveMode(
  state: ConsoleState,
  node: ConsoleNode,
): { readonly state: ConsoleState; readonly lines: string[] } {
  const { draft } = state.config!;
  const fresh = complaints(draft, node).filter((each) => !state.complaints.includes(each));
  return {
    state: { ...state, mode: 'privileged', config: { draft, path: [] }, complaints: [] },
    lines: fresh.map((each) => `% Warning: ${each}`),
  };
}

function complaints(draft: Draft, node: ConsoleNode): string[] {
  const nowhere = { line: 1, column: 1, length: 0, text: '' };
  return [
    ...checkDraft(draft, true, nowhere).map(({ message, hint }) => {
      const said = message.replace(/^% */, '');
      return hint === '' ? said : `${said} (${hint})`;
    }),
    ...warningsOf(draft, nowhere).map(({ message }) => message),
    ...(node.clashes?.(optionsOf(draft)) ?? []),
  ];
}

/** With the line itself, where it is one of several that were typed as one. */
function quoted(error: ConfigError): string[] {
  return formatConfigError(error, 'console').split('\n').slice(1);
}
