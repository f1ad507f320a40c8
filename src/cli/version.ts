import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in this package's package.json. */
export function packageVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ;) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
      if (name === 'pxtr' && version !== undefined) return version;
    } catch {
      // Not here: look one folder up.
    }
    const above = dirname(folder);
    if (above === folder) return 'unknown';
    folder = above;
  }
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}
