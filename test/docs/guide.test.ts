// The guide cannot rot: every command in its ```console blocks is carried out, and prints what the page says.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command } from 'commander';
import { openShell, registerShell, type ShellFlags } from '../../src/cli/commands/shell.ts';
import type { LabShell } from '../../src/sim/lab-shell.ts';
import { PocketShell, readCommandLine } from '../support/pocket-shell.ts';
import { skipReason } from '../support/tools.ts';
import { agrees, leavesOut, opensConsole, readPage, trimmed, type Step } from './transcript.ts';

const FOLDER = join(import.meta.dirname, '../../docs/guide');
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));

/** PXTR_UPDATE_GOLDENS=1 writes what commands print into the pages, except where a page leaves lines out. */
const UPDATES = process.env['PXTR_UPDATE_GOLDENS'] === '1';

/** Where the commands of a page are carried out. */
class Session {
  readonly shell = new PocketShell();
  #console: LabShell | undefined;

  async print(step: Step): Promise<string[]> {
    if (step.kind === 'console') return this.#type(step);
    if (!opensConsole(step.command)) {
      const { out, screen } = await this.shell.run(step.command);
      // Remarks of tshark on its surroundings are no part of a page.
      return (step.command.startsWith('tshark ') ? out : screen).split('\n');
    }
    this.#console = open(readCommandLine(step.command)[0]![0]!.words, (word) => this.shell.path(word));
    return this.#console.banner();
  }

  #type({ prompt, command }: Step): string[] {
    const shell = this.#console;
    if (shell === undefined) throw new Error('no console is open on this page');
    const [, asked] = /^(.*)\?$/.exec(command) ?? [];
    if (asked !== undefined) {
      const [node = ''] = /^[\w.-]+/.exec(prompt) ?? [];
      expect(shell.lab.consoles.prompt(node), 'the prompt').toBe(prompt);
      return shell.help(prompt + asked);
    }
    // A prompt in front of a line names the node, as when a session is pasted.
    let output = shell.enter(prompt + command);
    expect(output.prompt, 'the prompt').toBe(prompt);
    const lines = [...output.lines];
    while (output.busy) {
      output = shell.resume();
      lines.push(...output.lines);
    }
    for (const effect of output.effects) {
      if (effect.kind !== 'write') continue;
      writeFileSync(this.shell.path(effect.path), effect.bytes);
      lines.push(`Exported successfully: ${effect.path}, ${effect.bytes.length} bytes`);
    }
    return lines;
  }
}

/** `pxtr lab shell pxtr --node mapserver`: commander reads it, and the shell is handed out instead of talked to. */
function open(words: readonly string[], path: (word: string) => string): LabShell {
  const lab = new Command('lab');
  registerShell(lab, { out: () => undefined, err: () => undefined, colors: false }, { code: 0 });
  let shell: LabShell | undefined;
  lab.exitOverride().commands[0]!.action((scenario: string, flags: ShellFlags) => {
    shell = openShell(path(scenario), flags);
  });
  lab.parse(words.slice(2), { from: 'user' });
  return shell!;
}

describe.each(PAGES)('docs/guide/%s', (name) => {
  const path = join(FOLDER, name);
  const text = readFileSync(path, 'utf8');
  const parts = readPage(text);
  const corrections: { readonly step: Step; readonly lines: readonly string[] }[] = [];
  let session: Session;
  beforeAll(() => {
    session = new Session();
  });
  afterAll(() => {
    session.shell.close();
    if (corrections.length > 0) writeFileSync(path, corrected(text, corrections));
  });

  it('has commands', () => {
    if (/^[0-9]|^the-lab/.test(name)) expect(parts.length).toBeGreaterThan(3);
  });

  for (const part of parts) {
    if ('text' in part) {
      it(`line ${part.line}: the file ${part.name}`, () => session.shell.write(part.name, part.text));
      continue;
    }
    const reason = part.command.startsWith('tshark ') ? skipReason('tshark') : undefined;
    it.skipIf(reason !== undefined)(`line ${part.line}: ${part.prompt}${part.command}`, async () => {
      const printed = await session.print(part);
      if (agrees(part.expected, printed)) return;
      if (UPDATES && !leavesOut(part.expected)) corrections.push({ step: part, lines: trimmed(printed) });
      else expect(trimmed(part.expected).join('\n')).toBe(trimmed(printed).join('\n'));
    });
  }
});

function corrected(
  text: string,
  corrections: readonly { readonly step: Step; readonly lines: readonly string[] }[],
): string {
  const all = text.split('\n');
  for (const { step, lines } of corrections.toSorted((a, b) => b.step.line - a.step.line)) {
    const blanks = step.expected.length - trimmed(step.expected).length;
    all.splice(step.line, step.expected.length, ...lines, ...Array.from({ length: blanks }, () => ''));
  }
  return all.join('\n');
}

describe('the ten questions', () => {
  const text = readFileSync(join(FOLDER, '2-why-each-packet.md'), 'utf8');
  const questions = text.split(/^## (?=[0-9]+\. )/m).slice(1);

  it('are ten at least, in order', () => {
    expect(questions.length).toBeGreaterThanOrEqual(10);
    expect(questions.map((each) => parseInt(each, 10))).toEqual(questions.map((_, i) => i + 1));
  });

  it.each(questions.map((question) => [question.split('\n')[0]!, question]))(
    '%s: what is seen, why, which RFC, and a question back with its answer',
    (_, question) => {
      expect(question).toMatch(/^```console$/m);
      expect(question).toMatch(/RFC [0-9]{4} §/);
      expect(question).toMatch(/^\*\*Check yourself\.\*\* \S/m);
      expect(question).toMatch(/^<details><summary>Answer<\/summary>$/m);
    },
  );

  it('name all eleven packets of the article', () => {
    for (let packet = 1; packet <= 11; packet++) expect(text).toMatch(new RegExp(`#${packet}\\b`));
  });
});

describe('agrees', () => {
  it.each([
    [['a', 'b'], ['a', 'b', ''], true],
    [['a', 'b'], ['a', 'c'], false],
    [['a'], ['a', 'b'], false],
    [[], ['a'], false],
    [['a', '...'], ['a', 'b', 'c'], true],
    [['a', '...'], ['a'], false],
    [['...', 'c'], ['a', 'b', 'c'], true],
    [['...', 'b'], ['a', 'b', 'c'], false],
    [['a', '...', 'c', '...', 'e'], ['a', 'b', 'c', 'd', 'e'], true],
    [['a', '...', 'd', '...', 'c', 'e'], ['a', 'b', 'c', 'd', 'e'], false],
    [['a', '...', 'b', 'c'], ['a', 'x', 'b', 'y', 'b', 'c'], true],
    [['...'], ['a'], true],
  ])('%j of %j: %s', (expected, actual, outcome) => {
    expect(agrees(expected, actual)).toBe(outcome);
  });
});
