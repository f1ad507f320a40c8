import type { Command } from 'commander';
import { nearest } from '../../ios/nearest.ts';
import { checkExercise } from '../../sim/lab-exercise.ts';
import { align } from '../align.ts';
import { dataPlaneMaker } from '../data-planes.ts';
import {
  allExercises,
  findExercise,
  isStarted,
  readProgress,
  readWork,
  solutionFiles,
  usualFolder,
  workFolder,
  writeProgress,
  writeStart,
  type NamedExercise,
} from '../exercise-files.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { paintFor } from '../render/paint.ts';
import { PAGE_COLUMNS, table, wrap } from '../render/table.ts';

interface Flags {
  readonly json?: true;
  readonly force?: true;
  readonly all?: true;
}

const FOLDER = 'where the work is (default: where it was started, pxtr-learn/NAME at first)';
const JSON_FLAG = ['--json', 'one JSON document instead of text'] as const;

/** Adds `pxtr learn`. Exit codes: 0 fine, 1 failed, 2 usage, 3 the check does not pass. */
export function registerLearn(program: Command, io: CliIo, state: ExitState): void {
  const learn = program
    .command('learn')
    .description('exercises: broken labs to repair and questions to answer, with hints and a check')
    .addHelpText('after', '\nExamples:\n  pxtr learn\n  pxtr learn show 2');
  learn
    .command('list', { isDefault: true })
    .description('list the exercises, and how far you are')
    .argument('[exercise]', 'show this one instead')
    .argument('[folder]', FOLDER)
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExamples:\n  pxtr learn\n  pxtr learn 2')
    .action((wanted: string | undefined, folder: string | undefined, flags: Flags) => {
      if (wanted === undefined) {
        list(flags, io);
        return;
      }
      const exercise = exerciseCalled(wanted, learn);
      show(exercise, workFolder(exercise, folder), flags, io);
    });
  const add = (
    name: string,
    about: string,
    example: string,
    run: (exercise: NamedExercise, folder: string, flags: Flags) => number,
  ): Command =>
    learn
      .command(name)
      .description(about)
      .argument('<exercise>', 'its name or number')
      .argument('[folder]', FOLDER)
      .option(...JSON_FLAG)
      .addHelpText('after', `\nExample:\n  ${example}`)
      .action((wanted: string, folder: string | undefined, flags: Flags) => {
        const exercise = findExercise(wanted);
        // What begins does so at the usual place, wherever it was begun before.
        const where = name === 'start' ? (folder ?? usualFolder(exercise)) : workFolder(exercise, folder);
        state.code = run(exercise, where, flags);
      });
  add('show', 'what an exercise asks for', 'pxtr learn show 1', (exercise, folder, flags) =>
    show(exercise, folder, flags, io),
  );
  add(
    'start',
    'copy the lab of an exercise, to work on it',
    'pxtr learn start 3 ./exercise-3 --force',
    (exercise, folder, flags) => start(exercise, folder, flags, io),
  ).option('--force', 'begin again, over what is there');
  add('hint', 'the next hint', 'pxtr learn hint 4', (exercise, folder, flags) =>
    hint(exercise, folder, flags, io),
  ).option('--all', 'all hints at once');
  add(
    'check',
    'look whether it is done',
    'pxtr learn start 1 ./e1 --force && pxtr learn answer 1 0.0.0.0/1 ./e1 && pxtr learn check 1 ./e1',
    (exercise, folder, flags) => check(exercise, folder, flags, io),
  );
  add('solution', 'what the solution changes', 'pxtr learn solution 2', (exercise, folder, flags) =>
    solution(exercise, flags, io),
  );
  learn
    .command('answer')
    .description('answer a question; "check" says whether it is right')
    .argument('<exercise>', 'its name or number')
    .argument('<answer>', 'a word, a number or a prefix')
    .argument('[folder]', FOLDER)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nExample:\n  pxtr learn start 5 ./exercise-5 --force && pxtr learn answer 5 10.0.0.0/8 ./exercise-5',
    )
    .action((name: string, answer: string, named: string | undefined, flags: Flags) => {
      const exercise = findExercise(name);
      if (exercise.question === undefined)
        throw new CliError(
          `${exercise.name} asks no question`,
          EXIT.usage,
          'its work is in the files of the lab',
        );
      const folder = workFolder(exercise, named);
      readWork(exercise, folder);
      writeProgress(folder, { ...readProgress(folder), answer });
      const text = `Noted. pxtr learn check ${exercise.name}${folderWord(exercise, folder)} says whether it is right.`;
      print(io, flags, { exercise: exercise.name, answer }, [text]);
    });
}

/** An exercise where a command of `learn` might stand as well. @throws CliError */
function exerciseCalled(wanted: string, learn: Command): NamedExercise {
  const names = learn.commands.map((command) => command.name());
  const guess = nearest(wanted, names);
  if (guess === undefined) return findExercise(wanted);
  throw new CliError(
    `there is no command and no exercise ${wanted} - did you mean ${guess}?`,
    EXIT.usage,
    `Commands: ${names.join(', ')}; "pxtr learn" lists the exercises`,
  );
}

function print(io: CliIo, flags: Flags, value: unknown, lines: readonly string[]): void {
  io.out(`${flags.json === true ? JSON.stringify(value, undefined, 2) : lines.join('\n')}\n`);
}

function list(flags: Flags, io: CliIo): void {
  const paint = paintFor(io.colors);
  const rows = allExercises().map((exercise) => {
    const folder = workFolder(exercise, undefined);
    const state = !isStarted(folder) ? '' : readProgress(folder).done ? 'done' : 'started';
    return {
      name: exercise.name,
      title: exercise.title,
      level: exercise.level,
      teaches: exercise.teaches,
      state,
      ...(state === '' ? {} : { folder }),
      where: state === '' ? '' : folderWord(exercise, folder),
    };
  });
  const lines = table(
    rows.map(({ name, title, level, state, where }) => [
      name,
      '*'.repeat(level),
      where === '' ? state : `${state} in${where}`,
      title,
    ]),
    { styles: [paint.name, paint.dim, paint.good] },
  );
  const json = rows.map(({ where: _, ...row }) => row);
  print(io, flags, json, [...lines, '', 'pxtr learn start 1   begins with the first; * easy, *** hard']);
}

function show(exercise: NamedExercise, folder: string, flags: Flags, io: CliIo): number {
  if (isStarted(folder)) readWork(exercise, folder);
  const { name, title, level, teaches, task, question, keep, hints } = exercise;
  const paint = paintFor(io.colors);
  const lines = [
    paint.title(`${name}: ${title}`),
    paint.dim(`level ${level}, teaches ${teaches}`),
    '',
    ...task.split('\n\n').flatMap((paragraph) => [...wrap(paragraph, PAGE_COLUMNS), '']),
    ...(question === undefined ? [] : [...wrap(question.ask, PAGE_COLUMNS), '']),
    ...(keep.length === 0 ? [] : [`These stay as they are: ${keep.join(', ')}`, '']),
    ...nextSteps(exercise, folder),
  ];
  print(
    io,
    flags,
    { name, title, level, teaches, task, keep, hints: hints.length, ask: question?.ask },
    lines,
  );
  return EXIT.ok;
}

/** The folder as commands need it: nothing where it is the usual one. */
function folderWord(exercise: NamedExercise, folder: string): string {
  return folder === usualFolder(exercise) ? '' : ` ${folder}`;
}

/** Lines to type next, the folder with them where it is not the usual one. */
function nextSteps(exercise: NamedExercise, folder: string): string[] {
  const { name, question } = exercise;
  const where = folderWord(exercise, folder);
  if (!isStarted(folder)) return [`pxtr learn start ${name}${where}`];
  const rows =
    question === undefined
      ? [
          [`edit ${folder}/*.ios`, 'the configurations'],
          [`pxtr lab shell ${folder}`, 'to look and to try lines'],
        ]
      : [
          [`pxtr lab shell ${folder} --steps`, 'to look'],
          [`pxtr learn answer ${name} ANSWER${where}`, 'to answer'],
        ];
  return table([
    ...rows,
    [`pxtr learn hint ${name}${where}`, 'when you are stuck'],
    [`pxtr learn check ${name}${where}`, 'to see whether it is done'],
  ]);
}

function start(exercise: NamedExercise, folder: string, flags: Flags, io: CliIo): number {
  writeStart(exercise, folder, flags.force === true);
  if (flags.json === true) {
    print(io, flags, { exercise: exercise.name, folder, files: [...exercise.files.keys()] }, []);
    return EXIT.ok;
  }
  io.out(`The lab is in ${folder}.\n\n`);
  return show(exercise, folder, flags, io);
}

function hint(exercise: NamedExercise, folder: string, flags: Flags, io: CliIo): number {
  const { name, hints } = exercise;
  const hasWork = isStarted(folder);
  // Another exercise's folder is a mistake; without any there is nothing to remember hints in.
  if (hasWork) readWork(exercise, folder);
  const progress = readProgress(folder);
  const shown = flags.all === true ? hints.length : Math.min(hints.length, progress.hints + 1);
  if (hasWork) writeProgress(folder, { ...progress, hints: shown });
  const texts = (flags.all === true ? hints : hints.slice(shown - 1, shown)).map((text) =>
    hasWork ? text.replaceAll('FOLDER', folder) : text,
  );
  const first = shown - texts.length + 1;
  const lines = texts.flatMap((text, i) =>
    wrap(`Hint ${first + i} of ${hints.length}: ${text}`, PAGE_COLUMNS),
  );
  const where = folderWord(exercise, folder);
  const next = `Hints go on once it is started: pxtr learn start ${name}${where}; --all shows all of them.`;
  const last = `That was the last one. pxtr learn solution ${name} shows the rest.`;
  const more = shown === hints.length ? ['', last] : hasWork ? [] : ['', next];
  print(io, flags, { exercise: name, of: hints.length, shown, hints: texts }, [...lines, ...more]);
  return EXIT.ok;
}

function check(exercise: NamedExercise, folder: string, flags: Flags, io: CliIo): number {
  const files = readWork(exercise, folder);
  const progress = readProgress(folder);
  const { answer } = progress;
  const { passed, points } = checkExercise(
    exercise,
    { files, ...(answer === undefined ? {} : { answer }) },
    { makeDataPlane: dataPlaneMaker('engine') },
  );
  if (passed) writeProgress(folder, { ...progress, done: true });
  const paint = paintFor(io.colors);
  const lines = points.flatMap(({ passed: holds, text, look }) => [
    `${holds ? paint.good(paint.marks.good) : paint.bad(paint.marks.bad)} ${text}`,
    ...(look === undefined ? [] : [`  look: ${look.replace('FOLDER', folder)}`]),
  ]);
  const end = passed
    ? paint.good(`Done: ${exercise.title.replace(/[^?!.]$/, '$&.')}`)
    : paint.warn(`Not yet. pxtr learn hint ${exercise.name}${folderWord(exercise, folder)} helps.`);
  print(io, flags, { exercise: exercise.name, passed, points }, [...lines, '', end]);
  return passed ? EXIT.ok : EXIT.assertion;
}

function solution(exercise: NamedExercise, flags: Flags, io: CliIo): number {
  const paint = paintFor(io.colors);
  const changes = [...solutionFiles(exercise)].map(([file, text]) => {
    const [before, after] = [exercise.files.get(file) ?? '', text].map((each) => each.trimEnd().split('\n'));
    const lines = align(before!, after!).flatMap(({ left, right }) => {
      if (left !== undefined && right !== undefined) return [];
      return [left === undefined ? `+ ${after![right!]!}` : `- ${before![left]!}`];
    });
    return { file, lines };
  });
  const text = changes.flatMap(({ file, lines }) => [
    paint.title(file),
    ...lines.map((line) => `  ${line.startsWith('+') ? paint.good(line) : paint.bad(line)}`),
  ]);
  const { question } = exercise;
  const asked = question === undefined ? [] : [`The answer is in: ${question.node}# ${question.command}`];
  print(io, flags, { exercise: exercise.name, changes, ask: question }, [...text, ...asked]);
  return EXIT.ok;
}
