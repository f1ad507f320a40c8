/** Exercises: a broken lab, a task, hints that help more and more, and a check. */
import { bitsOfMask, formatPrefix, parseIp } from '../base/ip-text.ts';
import { addressBits, prefix, type Family } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { LabExpectation } from './lab-expect-file.ts';
import { loadLab, LAB_FILE_NAME } from './lab-file.ts';
import { createLab, type Lab, type LabSettings } from './lab.ts';
import { suggest, YamlFile, type Fields, type LabError, type YamlValue } from './lab-yaml.ts';

/** The file that every exercise has beside its lab.yaml. */
export const EXERCISE_FILE_NAME = 'exercise.yaml';

/** An exercise as its folder describes it, checked. */
export interface Exercise {
  readonly title: string;
  /** 1 easy, 3 hard. */
  readonly level: number;
  /** What one knows afterwards. */
  readonly teaches: string;
  readonly task: string;
  /** From a nudge to nearly the solution; at least one. */
  readonly hints: readonly string[];
  /** Files that must stay as they are. */
  readonly keep: readonly string[];
  readonly forbid: readonly ForbiddenLine[];
  /** Set when the task is to find something out. */
  readonly question?: ExerciseQuestion;
  /** The lab of the start, by file name. */
  readonly files: ReadonlyMap<string, string>;
}

/** A way around the task. */
export interface ForbiddenLine {
  readonly file: string;
  readonly pattern: RegExp;
  readonly because: string;
}

/** A question that the lab itself can answer. */
export interface ExerciseQuestion {
  readonly ask: string;
  /** The command whose output holds the answer at the end of the run, at a router. */
  readonly node: string;
  readonly command: string;
  /** Its first group is the answer. */
  readonly pattern: RegExp;
}

/** One thing that had to hold. */
export interface ExercisePoint {
  readonly passed: boolean;
  readonly text: string;
  /** Where to look when it does not hold. */
  readonly look?: string;
}

/** How a submission did. */
export interface ExerciseVerdict {
  readonly passed: boolean;
  readonly points: readonly ExercisePoint[];
}

type Key = 'title' | 'level' | 'teaches' | 'task' | 'base' | 'hints' | 'keep' | 'forbid' | 'question';

/**
 * Reads an exercise from the files of its folder. `base` gives the files of a scenario that the exercise starts from;
 * those of the folder come on top.
 */
export function loadExercise(
  files: ReadonlyMap<string, string>,
  base: (scenario: string) => ReadonlyMap<string, string> | undefined,
): Result<Exercise, readonly LabError[]> {
  const yaml = new YamlFile(EXERCISE_FILE_NAME, files.get(EXERCISE_FILE_NAME) ?? '');
  const fields = yaml
    .root()
    ?.fields('title', 'level', 'teaches', 'task', 'base', 'hints', 'keep', 'forbid', 'question');
  const exercise = fields === undefined ? undefined : readExercise(fields, files, base);
  if (exercise === undefined || yaml.errors.length > 0) return err(yaml.errors);
  const lab = loadLab(exercise.files);
  return lab.ok ? ok(exercise) : err(lab.error);
}

function readExercise(
  fields: Fields<Key>,
  own: ReadonlyMap<string, string>,
  base: (scenario: string) => ReadonlyMap<string, string> | undefined,
): Exercise | undefined {
  const scenario = fields.get('base');
  const below = scenario === undefined ? new Map<string, string>() : base(scenario.text() ?? '');
  if (below === undefined) return scenario?.complain(`there is no scenario ${scenario.text() ?? ''}`);
  const parts = [...below, ...own].filter(([name]) => name === LAB_FILE_NAME || name.endsWith('.ios'));
  const files = new Map(parts);
  const file = (value: YamlValue | undefined): string => {
    const name = value?.text() ?? '';
    if (value !== undefined && !files.has(name))
      value.complain(`there is no file ${name}`, suggest(name, [...files.keys()]));
    return name;
  };
  const question = fields.get('question');
  const hints = (fields.need('hints')?.items() ?? []).map((each) => each.text() ?? '');
  if (hints.length === 0) fields.whole.complain('an exercise has at least one hint');
  return {
    title: fields.need('title')?.text() ?? '',
    level: fields.need('level')?.wholeNumber(1, 3) ?? 1,
    teaches: fields.need('teaches')?.text() ?? '',
    task: textOf(fields.need('task')),
    hints: hints.map(oneLine),
    keep: (fields.get('keep')?.itemsOrOne() ?? []).map(file),
    forbid: (fields.get('forbid')?.items() ?? []).map((each) => {
      const parts = each.fields('file', 'line', 'because');
      return {
        file: file(parts.need('file')),
        pattern: regexOf(parts.need('line')),
        because: parts.need('because')?.text() ?? '',
      };
    }),
    ...(question === undefined ? {} : { question: readQuestion(question) }),
    files,
  };
}

function readQuestion(value: YamlValue): ExerciseQuestion {
  const fields = value.fields('ask', 'node', 'command', 'answer');
  return {
    ask: textOf(fields.need('ask')),
    node: fields.need('node')?.text() ?? '',
    command: fields.need('command')?.text() ?? '',
    pattern: regexOf(fields.need('answer')),
  };
}

function textOf(value: YamlValue | undefined): string {
  return oneLine(value?.text() ?? '');
}

/** Line breaks of the file mean nothing; an empty line separates paragraphs. */
function oneLine(text: string): string {
  return text
    .replace(/^[|>][-+]?[ \t]*\n/, '')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '))
    .join('\n\n');
}

function regexOf(value: YamlValue | undefined): RegExp {
  const text = value?.text() ?? '';
  try {
    return new RegExp(text, 'm');
  } catch {
    value?.complain(`"${text}" is no regular expression`);
    return /(?:)/;
  }
}

/** What the student hands in. */
export interface Submission {
  /** The files of the work folder by name; those of the start stand in for what is missing. */
  readonly files: ReadonlyMap<string, string>;
  /** To a question. */
  readonly answer?: string;
}

/** Runs the lab with the student's configurations and the exercise's own steps and expectations. */
export function checkExercise(
  exercise: Exercise,
  { files, answer }: Submission,
  settings: Pick<LabSettings, 'makeDataPlane'>,
): ExerciseVerdict {
  const rules = [
    ...exercise.keep.map((name) => keepPoint(exercise, name, files)),
    ...exercise.forbid.map((rule) => forbidPoint(rule, files)),
  ];
  const merged = new Map([...exercise.files, ...[...files].filter(([name]) => name.endsWith('.ios'))]);
  merged.set(LAB_FILE_NAME, exercise.files.get(LAB_FILE_NAME)!);
  const loaded = loadLab(merged);
  if (!loaded.ok) {
    const points = loaded.error.map(({ file, line, message }) => ({
      passed: false,
      text: `${file}, line ${line}: ${message}`,
    }));
    return verdict([...rules, ...points]);
  }
  const lab = createLab(loaded.value, { makeDataPlane: settings.makeDataPlane });
  const { expectations } = lab.run();
  const points = expectations.map(({ passed, subject, expected, actual, expectation }) => ({
    passed,
    // What a show command prints is for the console that is named below.
    text: passed
      ? `${subject}: ${expected}`
      : `${subject}: expected ${expected}${actual.includes('\n') ? '' : `, got ${actual}`}`,
    ...(passed ? {} : lookAt(expectation)),
  }));
  const asked = exercise.question === undefined ? [] : [questionPoint(exercise.question, lab, answer)];
  return verdict([...rules, ...points, ...asked]);
}

/** What the lab says to a question; undefined when it has no answer. */
export function answerOf({ node, command, pattern }: ExerciseQuestion, lab: Lab): string | undefined {
  return pattern.exec(lab.show(node, command))?.[1];
}

function verdict(points: readonly ExercisePoint[]): ExerciseVerdict {
  return { passed: points.every(({ passed }) => passed), points };
}

function keepPoint({ files }: Exercise, name: string, work: ReadonlyMap<string, string>): ExercisePoint {
  const now = work.get(name);
  const passed = now === undefined || sameLines(now, files.get(name)!);
  return passed
    ? { passed, text: `${name} is as it was` }
    : { passed, text: `${name} must stay as it was`, look: `the solution is in another file` };
}

/** White space at the ends of lines, and empty lines, mean nothing. */
function sameLines(a: string, b: string): boolean {
  const lines = (text: string): string =>
    text
      .split(/\r?\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .join('\n');
  return lines(a) === lines(b);
}

function forbidPoint(
  { file, pattern, because }: ForbiddenLine,
  work: ReadonlyMap<string, string>,
): ExercisePoint {
  const line = (work.get(file) ?? '').split(/\r?\n/).find((each) => pattern.test(each));
  if (line === undefined) return { passed: true, text: `${file}: no way around` };
  return { passed: false, text: `${file} has "${line.trim()}": ${because}` };
}

function questionPoint(question: ExerciseQuestion, lab: Lab, answer: string | undefined): ExercisePoint {
  const right = answerOf(question, lab);
  if (answer === undefined || answer.trim() === '') return { passed: false, text: 'there is no answer yet' };
  if (right !== undefined && sameAnswer(answer) === sameAnswer(right))
    return { passed: true, text: `the answer is ${right}` };
  return {
    passed: false,
    text: `"${answer.trim()}" is not the answer`,
    look: `${question.node}# ${question.command}`,
  };
}

/**
 * What one answer and another that means the same have in common. Quotes, a full stop and case mean nothing, a prefix
 * may have a mask instead of a length or any address of it in front.
 */
function sameAnswer(text: string): string {
  const bare = text
    .trim()
    .replace(/^["'`(]+|["'`).,;!]+$/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?\/ ?/, '/')
    .toLowerCase();
  const [, address, mask] = /^(\S+?)[ /](\S+)$/.exec(bare) ?? [];
  const first = parseIp(address ?? bare);
  if (first === undefined) return bare;
  const bits = mask === undefined ? addressBits(first.family) : lengthOf(mask, first.family);
  return bits === undefined ? bare : formatPrefix(prefix(first, bits));
}

/** `24` or `255.255.255.0`. */
function lengthOf(mask: string, family: Family): number | undefined {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= addressBits(family) ? Number(mask) : undefined;
  const address = parseIp(mask);
  return address?.family === family ? bitsOfMask(address) : undefined;
}

function lookAt(expectation: LabExpectation): { readonly look?: string } {
  switch (expectation.kind) {
    case 'registered':
      return { look: `${expectation.node}# show lisp site, show ip lisp statistics` };
    case 'ping':
    case 'counter':
      return { look: 'pxtr lab run FOLDER shows where each packet ends, and why' };
    case 'packets':
    case 'count':
      return { look: 'pxtr lab run FOLDER lists the packets' };
    case 'show':
      return { look: `${expectation.node}# ${expectation.command}` };
    default:
      return {};
  }
}
