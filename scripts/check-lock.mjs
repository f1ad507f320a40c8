// Checks package-lock.json: every optional dependency of every entry has an entry of its own (npm may drop the packages
// of other platforms without a word, and `npm ci` then fails elsewhere), and no entry records a download address.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** All problems of a parsed lock file, as lines of text; empty when it is sound. */
export function lockProblems(lock) {
  const problems = [];
  const packages = lock.packages ?? {};
  if (lock.lockfileVersion !== 3) problems.push(`lockfileVersion is ${lock.lockfileVersion}, expected 3`);
  if (Object.keys(packages).length < 2) problems.push('the lock has no packages');
  for (const [path, entry] of Object.entries(packages)) {
    const label = path === '' ? '(root)' : path;
    if (entry.resolved !== undefined && entry.link !== true)
      problems.push(`${label}: has a resolved address`);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, path, name))
        problems.push(`${label}: optional dependency ${name} has no lock entry`);
    }
  }
  return problems;
}

/** Walks up the node_modules folders from `path`, as Node's resolution does. */
function isLocked(packages, path, name) {
  for (let at = path; ;) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return true;
    if (at === '') return false;
    const cut = at.lastIndexOf('/node_modules/');
    at = cut < 0 ? '' : at.slice(0, cut);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const problems = lockProblems(lock);
  for (const problem of problems) console.error(`check-lock: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`check-lock: ${Object.keys(lock.packages).length} entries, all complete`);
}
