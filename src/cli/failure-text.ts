/**
 * What went wrong, without what the message around it says already: Node's `ENOENT: no such file or directory, open
 * 'x'` repeats the name of the file.
 */
export function failureText(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  const [, said] = /^E[A-Z0-9]+: (.*?), \w+(?: '.*')?$/s.exec(text) ?? [];
  return said ?? text;
}
