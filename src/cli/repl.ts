/** A shell at a terminal: line editing, history, Tab, and `?` answered as it is typed. */
import { createInterface, type Interface } from 'node:readline';
import { CTRL_Z } from '../sim/lab-shell-line.ts';
import type { LabShell } from '../sim/lab-shell.ts';
import { EXIT, type TerminalIo } from './io.ts';
import { settle } from './shell-effects.ts';

interface Key {
  readonly sequence?: string;
}

/** Until the person leaves; returns the exit code. */
export function talk(shell: LabShell, { input, output }: TerminalIo): Promise<number> {
  const readline = createInterface({
    input,
    output,
    terminal: true,
    historySize: 500,
    completer: (line: string) => completions(shell, line),
  });
  insertAtCursor(readline, input);
  const print = (lines: readonly string[]): void => {
    for (const line of lines) output.write(`${line}\n`);
  };
  const ask = (): void => {
    readline.setPrompt(shell.prompt);
    readline.prompt();
  };
  /** Lines typed or pasted while one is carried out. */
  const waiting: string[] = [];
  let isWorking = false;
  let isStopped = false;

  async function work(): Promise<void> {
    isWorking = true;
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      isStopped = false;
      let done = settle(shell.enter(line));
      print(done.lines);
      while (done.busy && !isStopped) {
        // Ctrl-C must have its chance while a long command runs.
        await new Promise((resolve) => setImmediate(resolve));
        done = settle(shell.resume());
        print(done.lines);
      }
      if (done.quits) {
        readline.close();
        return;
      }
    }
    isWorking = false;
    ask();
  }

  print(shell.banner());
  ask();
  return new Promise((resolve, reject) => {
    readline.on('line', (line) => {
      waiting.push(line);
      if (isWorking) return;
      work().catch((problem: unknown) => {
        reject(problem instanceof Error ? problem : new Error(String(problem)));
        readline.close();
      });
    });
    readline.on('SIGINT', () => {
      if (!isWorking) {
        output.write('^C\n');
        clear(readline);
        ask();
        return;
      }
      isStopped = true;
      waiting.length = 0;
      print(['^C', shell.abandon()]);
    });
    // Ctrl-Z is `end` on IOS, not a stop of this program.
    readline.on('SIGTSTP', () => {
      output.write('^Z\n');
      clear(readline);
      print(settle(shell.enter(CTRL_Z)).lines);
      ask();
    });
    readline.on('close', () => {
      output.write('\n');
      resolve(EXIT.ok);
    });
    input.on('keypress', (_: unknown, key: Key | undefined) => {
      if (key?.sequence === '?' && !isWorking) explain(shell, readline, print, output);
    });
  });
}

/**
 * Node takes text that arrives in one piece, as pasted text does, for the end of the line, wherever the cursor is. It
 * tells such text by a property that is there for Tab, which then stands for itself: so Tab alone gets to see it.
 */
function insertAtCursor(readline: Interface, input: TerminalIo['input']): void {
  let isTab = false;
  let isTypedAlone = true;
  input.prependListener('keypress', (_: unknown, key: Key | undefined) => {
    isTab = key?.sequence === '\t';
  });
  Object.defineProperty(readline, 'isCompletionEnabled', {
    get: () => isTypedAlone || !isTab,
    set: (value: boolean) => (isTypedAlone = value),
  });
}

/** The mark itself is in the line by now: it is answered and taken out again. */
function explain(
  shell: LabShell,
  readline: Interface,
  print: (lines: readonly string[]) => void,
  output: TerminalIo['output'],
): void {
  const line = readline.line.slice(0, Math.max(0, readline.cursor - 1));
  output.write('\n');
  print(shell.help(line));
  readline.write(null, { name: 'backspace' });
}

function clear(readline: Interface): void {
  readline.write(null, { ctrl: true, name: 'e' });
  readline.write(null, { ctrl: true, name: 'u' });
}

/** What readline wants: the words that may replace the last one, and that one. */
function completions(shell: LabShell, line: string): [string[], string] {
  const { line: grown, candidates } = shell.complete(line);
  const partial = /\S*$/.exec(line)![0];
  const start = line.length - partial.length;
  return [candidates.length > 0 ? [...candidates] : grown === line ? [] : [grown.slice(start)], partial];
}
