// npm run bench as people type it: arguments, what goes wrong, and the mark of a disturbed round.
import { describe, expect, it } from 'vitest';
import { failureOf, readArguments, settingsOf } from '../../bench/arguments.ts';
import { caseText, exitCodeOf } from '../../bench/report.ts';
import {
  measureCase,
  type Case,
  type CaseResult,
  type SelfTimed,
  type Settings,
} from '../../bench/runner.ts';
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
    const settings = { rounds: 3, seconds: 0.2, seed: 1, keys: 0, unsummed: false };
    expect(settingsOf(values)).toEqual({ ...settings, peers: true });
  });

  it.each([
    ['all', 'all'],
    ['dxr,sail,dxr', ['dxr', 'sail']],
  ])('--kinds %s is %j', (kinds, expected) => {
    expect(settingsOf(readArguments(['--kinds', kinds]).values).kinds).toEqual(expected);
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

describe('a contender that is refused', () => {
  const SETTINGS: Settings = { rounds: 2, seconds: 0.01, seed: 1, keys: 0, unsummed: false };
  const timed: string[] = [];
  const contender = (name: string): SelfTimed => ({
    name,
    time: () => {
      timed.push(name);
      return { medianNs: 4, calls: 1, cpuShare: 1 };
    },
  });
  const measured = (refused: readonly string[]): Promise<CaseResult> => {
    timed.length = 0;
    const work: Case = {
      name: 'case',
      unit: 'key',
      operations: 1,
      baseline: 'a',
      contenders: ['a', 'b', 'c'].map(contender),
      facts: {},
      gate: (refuse) => {
        for (const name of refused) refuse({ name, why: 'answers 5, where 6 is right' });
      },
    };
    return measureCase('suite', work, SETTINGS, () => undefined);
  };

  it('is told and not timed; the others are', async () => {
    const result = await measured(['b']);
    expect(result.refused).toEqual([{ name: 'b', why: 'answers 5, where 6 is right' }]);
    expect(result.measured.map(({ name, ratio }) => `${name} ${ratio}`)).toEqual(['a 1', 'c 1']);
    expect(new Set(timed)).toEqual(new Set(['a', 'c']));
    expect(caseText(result, true)).toMatch(/^ {2}refused: b answers 5, where 6 is right$/m);
    expect(exitCodeOf([await measured([]), result])).toBe(1);
  });

  it('leaves its place as baseline to the first of the others, if there are any', async () => {
    const result = await measured(['a']);
    expect(result.baseline).toBe('b');
    expect(result.measured.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(caseText(result, true)).toContain('x b');
    expect((await measured(['a', 'b', 'c'])).measured).toEqual([]);
  });

  it('is told of only where there is one', async () => {
    const result = await measured([]);
    expect(result).not.toHaveProperty('refused');
    expect(caseText(result, true)).not.toContain('refused');
    expect(exitCodeOf([result])).toBe(0);
  });
});
