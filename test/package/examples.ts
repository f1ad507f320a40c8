// The built-in scenarios as texts by file name, as `loadLab` wants them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.ts';

export function exampleFiles(scenario: string): Map<string, string> {
  const folder = join(ROOT, 'examples', scenario);
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
