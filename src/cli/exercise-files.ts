/** Where exercises come from, where their work goes, and what is remembered of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nearest } from '../ios/nearest.ts';
import { EXERCISE_FILE_NAME, loadExercise, type Exercise } from '../sim/lab-exercise.ts';
import { formatLabError } from '../sim/lab-yaml.ts';
import { failureText } from './failure-text.ts';
import { CliError, EXIT } from './io.ts';
import { examplesFolder, readScenario } from './scenario-files.ts';

export interface NamedExercise extends Exercise {
  /** `02-wrong-key`. */
  readonly name: string;
  readonly path: string;
}

/** Remembered in the work folder. */
export interface Progress {
  /** Whose work it is. */
  readonly exercise?: string;
  readonly hints: number;
  readonly done: boolean;
  readonly answer?: string;
}

const PROGRESS_FILE = '.progress.json';
/** Where work goes unless a folder is named, below the current folder. */
const WORK_ROOT = 'pxtr-learn';

/** All exercises in the order of their numbers. @throws CliError on one that does not load */
export function allExercises(): NamedExercise[] {
  const root = learnFolder();
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, EXERCISE_FILE_NAME)))
    .sort()
    .map((name) => readExercise(name, join(root, name)));
}

/** By name, by number, or by a part of the name that fits only one. @throws CliError */
export function findExercise(wanted: string): NamedExercise {
  const all = allExercises();
  const byNumber = /^[0-9]{1,2}$/.test(wanted) ? `${wanted.padStart(2, '0')}-` : undefined;
  const exact = all.find(({ name }) => name === wanted || name.slice(3) === wanted);
  const found = exact === undefined ? all.filter(({ name }) => name.startsWith(byNumber ?? wanted)) : [exact];
  if (found.length === 1) return found[0]!;
  const guess = nearest(
    wanted,
    all.map(({ name }) => name.slice(3)),
  );
  throw new CliError(
    `there is no exercise ${wanted}${guess === undefined ? '' : ` - did you mean ${guess}?`}`,
    EXIT.usage,
    '"pxtr learn" lists them',
  );
}

function readExercise(name: string, path: string): NamedExercise {
  const exercise = loadExercise(readScenario({ name, path }), (scenario) => {
    const folder = join(examplesFolder() ?? '', scenario);
    return existsSync(folder) ? readScenario({ name: scenario, path: folder }) : undefined;
  });
  if (exercise.ok) return { ...exercise.value, name, path };
  throw new CliError(
    `exercise ${name} does not load`,
    EXIT.failed,
    exercise.error.map((error) => `  ${formatLabError(error)}`).join('\n'),
  );
}

function learnFolder(): string {
  const examples = examplesFolder();
  const folder = examples === undefined ? undefined : join(examples, 'learn');
  if (folder === undefined || !existsSync(folder))
    throw new CliError('this package has no exercises', EXIT.failed, 'install pxtr again');
  return folder;
}

/** The files of the solution that are not those of the start. */
export function solutionFiles({ name, path }: NamedExercise): ReadonlyMap<string, string> {
  const folder = join(path, 'solution');
  return existsSync(folder) ? readScenario({ name, path: folder }) : new Map();
}

/** Where the work on an exercise is: the folder named, else the current one, or where it was started below that. */
export function workFolder(
  { name }: Pick<NamedExercise, 'name'>,
  named: string | undefined,
  here = '.',
): string {
  if (named !== undefined) return named;
  if (isStarted(here) && readProgress(here).exercise === name) return here;
  const usual = join(here, WORK_ROOT, name);
  if (isStarted(usual)) return usual;
  const own = startedIn(here).filter((folder) => readProgress(folder).exercise === name);
  return own.length === 1 ? own[0]! : usual;
}

/** Where work goes unless a folder is named. */
export function usualFolder({ name }: NamedExercise): string {
  return join(WORK_ROOT, name);
}

/** The folders in another where an exercise was started under a name of one's own. */
function startedIn(here: string): string[] {
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isStarted(join(here, entry.name)))
    .map(({ name }) => `${here}/${name}`)
    .sort();
}

export function isStarted(folder: string): boolean {
  return existsSync(join(folder, PROGRESS_FILE));
}

/** Writes the lab of the start. @throws CliError when that would write over something and is not `wanted` */
export function writeStart({ name, files }: NamedExercise, folder: string, wanted: boolean): void {
  const there = isStarted(folder)
    ? folder
    : [...files.keys()].map((file) => join(folder, file)).find(existsSync);
  if (there !== undefined && !wanted)
    throw new CliError(`${there} is there already`, EXIT.usage, '--force begins again, over what is there');
  try {
    makeFolder(folder);
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  } catch (problem) {
    throw new CliError(`cannot write into ${folder}: ${failureText(problem)}`, EXIT.failed);
  }
  writeProgress(folder, { exercise: name, hints: 0, done: false });
}

/** With those above it. One by one: Node's `recursive` goes round for ever below /proc, where nothing can be made. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
}

/** @throws CliError when this exercise was not started there */
export function readWork(exercise: NamedExercise, folder: string): ReadonlyMap<string, string> {
  const { name } = exercise;
  const where = folder === usualFolder(exercise) ? '' : ` ${folder}`;
  if (!isStarted(folder)) {
    const message = existsSync(folder) ? `nothing was started in ${folder}` : `there is no folder ${folder}`;
    throw new CliError(
      message,
      EXIT.usage,
      `start with: pxtr learn start ${name}${where}` +
        (where === '' ? `\nor name the folder that it is in: pxtr learn check ${name} FOLDER` : ''),
    );
  }
  const { exercise: other } = readProgress(folder);
  if (other !== undefined && other !== name)
    throw new CliError(
      `${folder} is work on ${other}, not on ${name}`,
      EXIT.usage,
      `pxtr learn show ${other} ${folder}   says what it is about`,
    );
  return readScenario({ name, path: folder });
}

export function readProgress(folder: string): Progress {
  try {
    const { exercise, hints, done, answer } = JSON.parse(
      readFileSync(join(folder, PROGRESS_FILE), 'utf8'),
    ) as Partial<Progress>;
    return {
      ...(exercise === undefined ? {} : { exercise }),
      hints: hints ?? 0,
      done: done ?? false,
      ...(answer === undefined ? {} : { answer }),
    };
  } catch {
    // Nothing was started, or somebody edited it: begin again.
    return { hints: 0, done: false };
  }
}

/** @throws CliError when nothing can be written there */
export function writeProgress(folder: string, progress: Progress): void {
  try {
    writeFileSync(join(folder, PROGRESS_FILE), `${JSON.stringify(progress)}\n`);
  } catch (problem) {
    throw new CliError(`cannot write into ${folder}: ${failureText(problem)}`, EXIT.failed);
  }
}
