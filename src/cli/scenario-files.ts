/** Where scenarios come from: folders in the package's examples/, or any folder with a lab.yaml. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../ios/nearest.ts';
import { failureText } from './failure-text.ts';
import { CliError, EXIT } from './io.ts';

export const LAB_FILE = 'lab.yaml';

export interface ScenarioFolder {
  readonly name: string;
  readonly path: string;
}

/** Texts of a scenario by file name, as `loadLab` takes them. */
export type ScenarioFiles = ReadonlyMap<string, string>;

/** examples/ of this package: beside src/ in a checkout, and beside dist/ both there and when installed. */
export function examplesFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const examples = join(folder, 'examples');
    if (existsSync(join(folder, 'package.json')) && existsSync(examples)) return examples;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

/** The built-in scenarios, by name. */
export function builtInScenarios(examples: string | undefined = examplesFolder()): ScenarioFolder[] {
  if (examples === undefined) return [];
  return readdirSync(examples)
    .filter((name) => existsSync(join(examples, name, LAB_FILE)))
    .sort()
    .map((name) => ({ name, path: join(examples, name) }));
}

/**
 * The folder that an argument names: a built-in scenario, else a folder (or its lab.yaml) on disk. `describe` makes
 * the line about a built-in one that the error lists.
 */
export function findScenario(
  argument: string,
  describe: (scenario: ScenarioFolder) => string,
  builtIn: readonly ScenarioFolder[] = builtInScenarios(),
): ScenarioFolder {
  const known = builtIn.find(({ name }) => name === argument);
  if (known !== undefined) return known;
  const path = resolve(argument);
  if (existsSync(path)) return folderAt(path, argument);
  if (/[\\/]/.test(argument)) throw new CliError(`there is no folder ${argument}`, EXIT.usage);
  const guess = nearest(
    argument,
    builtIn.map(({ name }) => name),
  );
  const width = Math.max(0, ...builtIn.map(({ name }) => name.length));
  const list = builtIn.map((scenario) => `  ${scenario.name.padEnd(width)}  ${describe(scenario)}`);
  throw new CliError(
    `no scenario "${argument}"${guess === undefined ? '' : ` - did you mean ${guess}?`}`,
    EXIT.usage,
    ['Scenarios:', ...list, `A folder with a ${LAB_FILE} works as well.`].join('\n'),
  );
}

function folderAt(path: string, argument: string): ScenarioFolder {
  const isFolder = statSync(path).isDirectory();
  if (!isFolder && basename(path) !== LAB_FILE) {
    throw new CliError(`${argument} is not a scenario`, EXIT.usage, `Name a folder that has a ${LAB_FILE}.`);
  }
  const folder = isFolder ? path : dirname(path);
  if (!existsSync(join(folder, LAB_FILE))) {
    const hint = 'A scenario is a folder with a lab.yaml and one .ios file per router; see examples/.';
    throw new CliError(`${argument} has no ${LAB_FILE}`, EXIT.usage, hint);
  }
  return { name: basename(folder), path: folder };
}

/** Reads the texts of a scenario's folder, not those of its subfolders. */
export function readScenario({ path }: ScenarioFolder): ScenarioFiles {
  const files = new Map<string, string>();
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (!entry.isFile() || !/\.(ya?ml|ios|cfg|txt|md)$/.test(entry.name)) continue;
      files.set(entry.name, readFileSync(join(path, entry.name), 'utf8'));
    }
  } catch (problem) {
    throw new CliError(`cannot read ${path}: ${failureText(problem)}`, EXIT.usage);
  }
  return files;
}
