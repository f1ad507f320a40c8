/** From a scenario's folder to a lab that can run. */
import { createLab, type Lab } from '../sim/lab.ts';
import { loadLab, type LabFile } from '../sim/lab-file.ts';
import { formatLabError, type LabError } from '../sim/lab-yaml.ts';
import { dataPlaneMaker, type DataPlaneKind } from './data-planes.ts';
import { CliError, EXIT } from './io.ts';
import { findScenario, readScenario, type ScenarioFiles, type ScenarioFolder } from './scenario-files.ts';

export interface OpenOptions {
  readonly seed: number;
  readonly dataPlane: DataPlaneKind;
}

/** Finds, reads and checks a scenario; a CliError says what is wrong with it, one line per place. */
export function openScenario(argument: string): { readonly folder: ScenarioFolder; readonly file: LabFile } {
  const folder = findScenario(argument, describeScenario);
  return { folder, file: loadScenario(folder.name, readScenario(folder)) };
}

/** Checks the files of a scenario, as `openScenario` does. */
export function loadScenario(name: string, files: ScenarioFiles): LabFile {
  const lab = loadLab(files);
  if (lab.ok) return lab.value;
  throw new CliError(`scenario ${name} does not load`, EXIT.failed, showErrors(lab.error, files));
}

/** The errors, each with the line it is in. */
export function showErrors(errors: readonly LabError[], files: ScenarioFiles): string {
  return errors.map((error) => showError(error, files)).join('\n');
}

/** The error, and under it the line it is in with a caret under the place. */
function showError(error: LabError, files: ReadonlyMap<string, string>): string {
  const said = `  ${formatLabError(error)}`;
  const line = files.get(error.file)?.split(/\r?\n/)[error.line - 1];
  if (line === undefined || line.trim() === '') return said;
  // Tabs stay tabs, so that the caret stands under its column wherever they lead.
  const before = line.slice(0, error.column - 1).replace(/[^\t]/g, ' ');
  return `${said}\n    ${line}\n    ${before}^`;
}

export function makeLab(file: LabFile, { seed, dataPlane }: OpenOptions): Lab {
  return createLab(file, { seed, makeDataPlane: dataPlaneMaker(dataPlane) });
}

/** The title of a scenario, or why it has none. */
export function describeScenario(folder: ScenarioFolder): string {
  const lab = loadLab(readScenario(folder));
  return lab.ok ? lab.value.title : `does not load: ${formatLabError(lab.error[0]!)}`;
}
