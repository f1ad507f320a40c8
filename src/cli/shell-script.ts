/** A shell whose lines come from a file or a pipe: the output reads like a session at a terminal. */
import { createInterface } from 'node:readline';
import { readPrompt } from '../sim/lab-shell-line.ts';
import type { LabShell } from '../sim/lab-shell.ts';
import { formatTime } from '../sim/log.ts';
import { EXIT, type CliIo } from './io.ts';
import { settle, type Settled } from './shell-effects.ts';

export interface ScriptSettings {
  readonly json: boolean;
  /** Stop at the first line that is refused. */
  readonly strict: boolean;
}

/** What `--json` prints for each line. Fields are added in later versions, never changed or removed. */
export interface ShellLineReport {
  /** Null for commands of the shell. */
  readonly node: string | null;
  /** Virtual time in seconds when it was entered. */
  readonly time: string;
  readonly prompt: string;
  readonly line: string;
  /** Ends without a line break. */
  readonly output: string;
  readonly refused: boolean;
}

/** Enters every line; returns the exit code. */
export async function runScript(
  shell: LabShell,
  io: CliIo,
  { json, strict }: ScriptSettings,
): Promise<number> {
  const { input } = io;
  if (input === undefined) return EXIT.ok;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (text.trim() === '') continue;
      const done = enter(shell, text);
      if (json) io.out(`${JSON.stringify(report(done))}\n`);
      else if (done.line !== '') io.out(`${[done.prompt + done.line, ...done.lines].join('\n')}\n`);
      if (strict && done.refused) return EXIT.failed;
      if (done.quits) break;
    }
    return EXIT.ok;
  } finally {
    // Whoever writes into the pipe may not be through: the session is.
    input.destroy();
  }
}

/** A line that ends in `?` asks for help. */
function enter(shell: LabShell, text: string): Settled {
  const asked = /^(.*)\?\s*$/.exec(text)?.[1];
  if (asked !== undefined && !text.trimStart().startsWith('!')) {
    const { lab } = shell;
    const lines = shell.help(asked);
    const refused = lines[0]?.startsWith('%') === true;
    const { node, line } = readPrompt(lab, text, shell.node);
    const head = { prompt: lab.consoles.prompt(node), line: line.trim(), time: lab.now, lines, refused };
    return { ...head, busy: false, effects: [], quits: false };
  }
  let output = shell.enter(text);
  const lines = [...output.lines];
  while (output.busy) {
    output = shell.resume();
    lines.push(...output.lines);
  }
  return settle({ ...output, lines });
}

function report({ node, time, prompt, line, lines, refused }: Settled): ShellLineReport {
  return { node: node ?? null, time: formatTime(time), prompt, line, output: lines.join('\n'), refused };
}
