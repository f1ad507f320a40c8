// npm run bench as people type it: arguments, what goes wrong, and the mark of a disturbed round.
import { describe, expect, it } from 'vitest';
import { failureOf, readArguments, settingsOf } from '../../bench/arguments.ts';
import { caseText } from '../../bench/report.ts';
import type { CaseResult } from '../../bench/runner.ts';
import { readTable } from '../../src/bench/table-file.ts';

function failing(work: () => unknown): ReturnType<typeof failureOf> {
  try {
    work();
  } catch (problem) {
    return failureOf(problem);
  }
  throw new Error('it did not fail');
}

describe('arguments', () => {
  it('are read', () => {
    const { values, positionals } = readArguments(['forward', '--rounds', '3', '--peers']);
    expect(positionals).toEqual(['forward']);
    expect(values.peers).toBe(true);
    expect(settingsOf(values)).toEqual({ rounds: 3, seconds: 0.2, seed: 1, keys: 0, unsummed: false });
  });

  it.each([
    [['--foo'], "bench: unknown option '--foo'"],
    [['--json'], "bench: option '--json <value>' argument missing"],
  ])('%j are refused in a line, with the way to help', (args, line) => {
    const hint = 'npm run bench -- --help says how to use it.';
    expect(failing(() => readArguments(args))).toEqual({ lines: [line, hint], exitCode: 2 });
  });

  it('of numbers that are none are refused', () => {
    const { values } = readArguments(['--rounds', 'x']);
    expect(failing(() => settingsOf(values))).toEqual({
      lines: ['bench: --rounds takes a positive number, not x'],
      exitCode: 2,
    });
  });

  it('of files that are not there are refused without the name of a system call', () => {
    expect(failing(() => readTable('/nonexist', 1))).toEqual({
      lines: ['bench: cannot open /nonexist: no such file or directory'],
      exitCode: 2,
    });
  });
});

describe('a row with a disturbed round', () => {
  const result = (cpuShare: number): CaseResult => ({
    suite: 'suite',
    name: 'case',
    unit: 'key',
    operationsPerCall: 1,
    baseline: 'a',
    facts: {},
    measured: [
      { name: 'a', medianNs: 1, minNs: 1, maxNs: 1, ratio: 1, rounds: [{ medianNs: 1, cpuShare, calls: 1 }] },
    ],
  });
  const lastLine = (text: string): string => text.split('\n').at(-1)!;

  it('is marked, and the table in which that is first says what the mark means', () => {
    expect(caseText(result(0.5), true)).toMatch(/^ {2}a ! /m);
    expect(lastLine(caseText(result(0.5), true))).toMatch(/^ {2}! some round had less than 90 % of a core/);
  });

  it('is marked without the meaning after that, and others have no mark', () => {
    expect(lastLine(caseText(result(0.5), false))).toMatch(/^ {2}a ! /);
    expect(caseText(result(1), true)).not.toContain('!');
  });
});
