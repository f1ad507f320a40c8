/** Files that long work ends in. */
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { failureText } from './failure-text.ts';
import { CliError, EXIT } from './io.ts';

/**
 * Before the work: what can be known not to end well. A place that cannot be written is no mistake of usage.
 * @throws CliError
 */
export function checkWritable(path: string | undefined): void {
  if (path === undefined) return;
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`cannot write ${path}: there is no folder ${folder}`, EXIT.failed);
  const before = statSync(path, { throwIfNoEntry: false });
  if (before?.isDirectory() === true) throw new CliError(`cannot write ${path}: it is a folder`, EXIT.failed);
  try {
    accessSync(before === undefined ? folder : path, constants.W_OK);
  } catch (problem) {
    throw new CliError(`cannot write ${path}: ${failureText(problem)}`, EXIT.failed);
  }
}

/** @throws CliError */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (problem) {
    throw new CliError(`cannot write ${path}: ${failureText(problem)}`, EXIT.failed);
  }
}
