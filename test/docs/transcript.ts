// Sessions in Markdown pages: ```console blocks are commands and what they print.
//
//     $ pxtr lab list                  a line of a shell; `$ pxtr lab shell pxtr` opens a console that stays open
//     lisp1#show ip lisp map-cache     a line at that console, in this block or a later one
//     ...                              one line or more that the page leaves out
//
// A block with a file name behind its language (```yaml mine/lab.yaml) is that file.

/** A command and what the page says that it prints. */
export interface Step {
  /** Counted from 1. */
  readonly line: number;
  readonly kind: 'shell' | 'console';
  /** `$ ` or `lisp1#` */
  readonly prompt: string;
  readonly command: string;
  readonly expected: readonly string[];
}

export interface PageFile {
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

interface Fence {
  /** Of its first line inside, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly rest: string;
  readonly lines: readonly string[];
}

const LEFT_OUT = '...';

/** The steps of a page and the files it shows, in their order. */
export function readPage(markdown: string): (Step | PageFile)[] {
  return fencesOf(markdown).flatMap((fence): (Step | PageFile)[] => {
    if (fence.language === 'console') return stepsOf(fence);
    if (fence.rest === '') return [];
    return [{ line: fence.line, name: fence.rest, text: `${fence.lines.join('\n')}\n` }];
  });
}

function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const all = markdown.split('\n');
  for (let i = 0; i < all.length; i++) {
    const [, language, rest] = /^```(\S*) ?(.*)$/.exec(all[i]!) ?? [];
    if (language === undefined) continue;
    const end = all.indexOf('```', i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: a block without an end`);
    fences.push({ line: i + 2, language, rest: rest!, lines: all.slice(i + 1, end) });
    i = end;
  }
  return fences;
}

/** After `$ pxtr lab run` a prompt is output; after `$ pxtr lab shell`, and at the start of a block, it is one. */
function stepsOf({ line: first, lines }: Fence): Step[] {
  const steps: (Step & { expected: string[] })[] = [];
  let isConsole = true;
  for (const [i, text] of lines.entries()) {
    const line = first + i;
    const [, command] = /^\$ (.*)$/.exec(text) ?? [];
    const [, prompt, typed] = /^([\w.-]+(?:\([\w-]+\))?[#>])(.*)$/.exec(text) ?? [];
    if (command !== undefined) {
      isConsole = opensConsole(command);
      steps.push({ line, kind: 'shell', prompt: '$ ', command, expected: [] });
    } else if (isConsole && prompt !== undefined) {
      steps.push({ line, kind: 'console', prompt, command: typed!, expected: [] });
    } else if (steps.length === 0) {
      throw new Error(`line ${line}: output before the first command`);
    } else steps.at(-1)!.expected.push(text);
  }
  return steps;
}

/** A shell for a person: nothing is piped or redirected into it. */
export function opensConsole(command: string): boolean {
  return /^pxtr lab shell [^|<>]*$/.test(command);
}

/** The page is right to say `expected` of a command that prints `actual`. */
export function agrees(expected: readonly string[], actual: readonly string[]): boolean {
  const [want, have] = [trimmed(expected), trimmed(actual)];
  const parts: string[][] = [[]];
  for (const line of want) {
    if (line === LEFT_OUT) parts.push([]);
    else parts.at(-1)!.push(line);
  }
  const [head, ...rest] = parts;
  if (!startsAt(have, head!, 0)) return false;
  if (rest.length === 0) return have.length === head!.length;
  let at = head!.length;
  for (const [i, part] of rest.entries()) {
    const isLast = i === rest.length - 1;
    // What is left out is a line at least.
    const places = isLast ? [have.length - part.length] : have.keys();
    const found = [...places].find((place) => place > at && startsAt(have, part, place));
    if (found === undefined) return false;
    at = found + part.length;
  }
  return true;
}

/** `...` stands in it. */
export function leavesOut(expected: readonly string[]): boolean {
  return expected.some((line) => line.trim() === LEFT_OUT);
}

function startsAt(lines: readonly string[], part: readonly string[], place: number): boolean {
  return part.every((line, i) => lines[place + i] === line);
}

/** Without blanks at the ends of lines, and without empty lines at the end of all. */
export function trimmed(lines: readonly string[]): string[] {
  const all = lines.map((line) => line.trimEnd());
  while (all.at(-1) === '') all.pop();
  return all.map((line) => (line.trim() === LEFT_OUT ? LEFT_OUT : line));
}
