// Captures and vectors that lie beside the checkout and are not part of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

let isPrinted = false;

/** Why tests over shared files cannot run, printed the first time; undefined when they can. */
export function sharedSkipReason(): string | undefined {
  if (existsSync(SHARED)) return undefined;
  const reason = 'no ../shared folder beside the checkout';
  if (!isPrinted) {
    isPrinted = true;
    console.warn(`skipped: ${reason}`);
  }
  return reason;
}

/** A file below ../shared. */
export function readShared(...path: readonly string[]): Uint8Array {
  return readFileSync(sharedPath(...path));
}

/** Where a file below ../shared is. */
export function sharedPath(...path: readonly string[]): string {
  return join(SHARED, ...path);
}

/** Files below ../shared/<folder> whose names end in `ending`, as paths below ../shared; empty when absent. */
export function listShared(folder: string, ending: string): string[] {
  if (!existsSync(join(SHARED, folder))) return [];
  return readdirSync(join(SHARED, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}
