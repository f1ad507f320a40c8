/** A quoted string of the DOT language: only quotes and backslashes mean something in it; `\n` breaks the line. */
export function quote(text: string): string {
  const escaped = text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\r?\n/g, '\\n');
  return `"${escaped}"`;
}
