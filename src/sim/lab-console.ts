/** What a line typed at a console does. Nothing is run here. */
import { lexLine } from '../ios/lexer.ts';
import { DEBUG_TOPICS, stateOf } from '../ios/debug.ts';
import { parseExec, type ExecCommand } from '../ios/exec.ts';
import { applyFilter, splitFilter } from '../ios/output-filter.ts';
import { runShowAt } from '../ios/show/show.ts';
import { configureLines, enterMode, typeConfig } from './lab-console-config.ts';
import {
  complaint,
  consoleFacts,
  refuse,
  type ConsoleNode,
  type ConsoleOutcome,
  type ConsoleState,
} from './lab-console-state.ts';

/** What `terminal history` keeps by default. */
const HISTORY_LENGTH = 20;

/** Carries out a line in the mode of the console. */
export function typeLine(before: ConsoleState, line: string, node: ConsoleNode): ConsoleOutcome {
  const text = line.trim();
  const history = text === '' ? before.history : [...before.history, text].slice(-HISTORY_LENGTH);
  const state = { ...before, history, entered: before.entered + 1, refused: false };
  if (lexLine(line, 1).tokens.length === 0) return { state, lines: [] };
  if (state.mode !== 'config') return typeExec(state, line, node);
  const command = lineBehindDo(line);
  return command === undefined ? typeConfig(state, line, node) : typeExec(state, command, node);
}

/** What stands behind `do`, in the column it stands in; undefined for other lines. */
export function lineBehindDo(line: string): string | undefined {
  const [, indent, command] = /^(\s*do\s+)(.*)$/i.exec(line) ?? [];
  return indent === undefined ? undefined : ' '.repeat(indent.length) + command!;
}

function typeExec(state: ConsoleState, line: string, node: ConsoleNode): ConsoleOutcome {
  const parsed = parseExec(line, node.options, {
    privileged: state.mode !== 'user',
    hosts: node.hosts,
  });
  if (!parsed.ok) return refuse(state, complaint(parsed.error, state, node));
  const command = parsed.value;
  if (node.router === undefined && !FOR_HOSTS.has(command.kind))
    return refuse(state, ['% A host knows only ping and traceroute.']);
  if (state.mode === 'config' && CHANGES_MODE.has(command.kind))
    return refuse(state, ['% That does not go from configuration mode.']);
  switch (command.kind) {
    case 'ping':
    case 'traceroute':
    case 'lig':
      return { state: { ...state, busy: { ...command, line } }, lines: [], action: command };
    case 'show':
      return show(state, line, command.text, node);
    case 'configure':
      return command.lines.length > 0
        ? configureLines(state, command.lines, node)
        : { state: enterMode(state, node), lines: [ENTER_CONFIGURATION] };
    case 'debug':
      return setDebugging(state, command);
    case 'capture-start':
    case 'capture-stop':
    case 'capture-export':
      return capture(state, command, node);
    case 'privilege':
      return { state: { ...state, mode: command.privileged ? 'privileged' : 'user' }, lines: [] };
    case 'save':
      return { state, lines: NOT_SAVED };
    case 'leave':
      return { state: { ...state, mode: 'privileged' }, lines: [] };
    case 'nothing':
      return { state, lines: [] };
    default:
      return { state, lines: [], action: command };
  }
}

const FOR_HOSTS: ReadonlySet<ExecCommand['kind']> = new Set([
  'ping',
  'traceroute',
  'capture-start',
  'capture-stop',
  'capture-export',
  'privilege',
  'leave',
  'nothing',
]);

const CHANGES_MODE: ReadonlySet<ExecCommand['kind']> = new Set(['configure', 'privilege', 'leave']);

const ENTER_CONFIGURATION = 'Enter configuration commands, one per line.  End with CNTL/Z.';

const NOT_SAVED = [
  '% The files of the lab are not changed.',
  '  "show running-config" prints the configuration; put it into the .ios file to keep it.',
];

function show(state: ConsoleState, line: string, text: string, node: ConsoleNode): ConsoleOutcome {
  const shown = runShowAt(consoleFacts(state), node.router!, node.now, text);
  if (!shown.ok) return refuse(state, complaint({ ...shown.error, text: line }, state, node));
  return { state, lines: filtered(shown.value, line) };
}

/** The lines that pass the filters behind the command, which were checked when it was read. */
export function filtered(lines: readonly string[], line: string): readonly string[] {
  const split = splitFilter(line);
  return split.ok && split.value.filter !== undefined ? applyFilter(lines, split.value.filter) : lines;
}

function setDebugging(
  state: ConsoleState,
  { topics, on }: Extract<ExecCommand, { kind: 'debug' }>,
): ConsoleOutcome {
  const others = state.debugging.filter((topic) => !topics.includes(topic));
  const debugging = on ? [...others, ...topics] : others;
  const isAll = topics.length === DEBUG_TOPICS.length;
  const lines = isAll
    ? [`All possible debugging has been turned ${on ? 'on' : 'off'}`]
    : DEBUG_TOPICS.filter(({ name }) => topics.includes(name)).map(stateOf(on));
  return { state: { ...state, debugging }, lines };
}

type CaptureCommand = Extract<ExecCommand, { kind: 'capture-start' | 'capture-stop' | 'capture-export' }>;

function capture(state: ConsoleState, command: CaptureCommand, { now }: ConsoleNode): ConsoleOutcome {
  const running = state.capture !== undefined && state.capture.stoppedAt === undefined;
  if (command.kind === 'capture-start') {
    if (running) return refuse(state, ['% A capture is running already: monitor capture stop']);
    const { interfaceName } = command;
    const started = { startedAt: now, ...(interfaceName && { interfaceName }), packets: 0, bytes: 0 };
    return {
      state: { ...state, capture: started },
      lines: [`Capture started on ${interfaceName ?? 'all interfaces'}.`],
    };
  }
  if (state.capture === undefined) return refuse(state, ['% There is no capture: monitor capture start']);
  if (command.kind === 'capture-export')
    return refuse(state, ['% Captures are exported in "pxtr lab shell"; "pxtr lab run" has --pcap.']);
  if (!running) return refuse(state, ['% The capture is stopped already.']);
  const { packets, bytes } = state.capture;
  return {
    state: { ...state, capture: { ...state.capture, stoppedAt: now } },
    lines: [`Capture stopped: ${packets} packets, ${bytes} bytes.`],
  };
}
