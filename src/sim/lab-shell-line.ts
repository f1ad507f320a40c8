/** What a line in a lab shell is about: whose console, in which mode, which command. */
import type { LineContext } from '../ios/complete.ts';
import { modeOf } from '../ios/config-line.ts';
import { parseExec, type ExecCommand } from '../ios/exec.ts';
import { lineBehindDo } from './lab-console.ts';
import type { Lab } from './lab.ts';

/** What a terminal sends for Ctrl-Z. */
export const CTRL_Z = '\x1a';

export interface PromptedLine {
  readonly node: string;
  readonly line: string;
  /** The prompt, and what stands in front of it; empty without one. */
  readonly prefix: string;
  /** The prompt is one of configuration mode, and the console can go there. */
  readonly opens: boolean;
}

/**
 * Takes a prompt off a line: `lisp2#show ...`, `lisp1(config-if)# ...`, as in a pasted session. The name is that of a
 * node or the hostname of one. Lines without a prompt are for `node`.
 */
export function readPrompt(lab: Lab, text: string, node: string): PromptedLine {
  const [, name, mode = '', line] = /^\s*([\w.-]+)(\([\w-]+\))?[#>] ?(.*)$/.exec(text) ?? [];
  const named = lab.nodeNames.find((each) => each === name);
  const known = named ?? lab.nodeNames.find((each) => lab.router(each)?.options.hostname === name);
  if (known === undefined || line === undefined) return { node, line: text, prefix: '', opens: false };
  const opens = mode.startsWith('(config') && canOpenConfiguration(lab, known);
  return { node: known, line, prefix: text.slice(0, text.length - line.length), opens };
}

/** A router's console behind `#` that waits for a line. */
function canOpenConfiguration(lab: Lab, node: string): boolean {
  const { mode, config, busy } = lab.consoles.state(node);
  return mode === 'privileged' && config !== undefined && busy === undefined;
}

export function isConfiguring(lab: Lab, node: string): boolean {
  return lab.consoles.state(node).mode === 'config';
}

/** Ctrl-Z, also as `^Z` in a pasted session, leaves configuration mode and does nothing elsewhere. */
export function withoutCtrlZ(lab: Lab, node: string, line: string): string {
  if (line.trim() !== '^Z' && line.trim() !== CTRL_Z) return line;
  return isConfiguring(lab, node) ? 'end' : '';
}

/** The command of exec mode that a line is, `do` or not; undefined for other lines. */
export function execCommandOf(lab: Lab, node: string, line: string): ExecCommand | undefined {
  const { mode } = lab.consoles.state(node);
  const rest = mode === 'config' ? lineBehindDo(line) : line;
  if (rest === undefined) return undefined;
  const options = lab.router(node)?.options ?? { hostname: '', interfaces: [], staticRoutes: [] };
  const parsed = parseExec(rest, options, { privileged: mode !== 'user', hosts: lab.consoles.hosts() });
  if (!parsed.ok || (mode === 'config' && parsed.value.kind === 'leave')) return undefined;
  return parsed.value;
}

/** What `?` and Tab must know. */
export function contextOf(lab: Lab, node: string): LineContext {
  const { mode, config } = lab.consoles.state(node);
  const interfaces = lab.router(node)?.interfaces ?? lab.host(node)?.interfaces ?? [];
  return {
    interfaces,
    hosts: lab.consoles.hosts().map(({ name }) => name),
    mode:
      mode === 'config' && config !== undefined
        ? { kind: 'config', mode: modeOf(config) }
        : { kind: 'exec', privileged: mode !== 'user' },
  };
}
