// Reads the lab folders of examples/ from disk.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../examples');

/** The files of one folder by name. */
export function exampleFiles(name: string): Map<string, string> {
  const folder = join(ROOT, name);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** Folders that are labs. */
export function exampleNames(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, entry.name)).includes('lab.yaml'))
    .map(({ name }) => name)
    .sort();
}

/** The first block of YAML in examples/README.md. */
export function documentedLab(): string {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return /```yaml\n([\s\S]*?)```/.exec(text)![1]!;
}
