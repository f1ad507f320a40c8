import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { answerOf, checkExercise, loadExercise, type Exercise } from '../../src/sim/lab-exercise.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { createLab } from '../../src/sim/lab.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';
import { exampleFiles } from './examples.ts';

const ROOT = join(import.meta.dirname, '../../examples/learn');
const NAMES = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'exercise.yaml')));
const settings = { makeDataPlane: () => createEngineSync() };

function filesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function exercise(name: string): Exercise {
  const loaded = loadExercise(filesIn(join(ROOT, name)), exampleFiles);
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return loaded.value;
}

function loaded({ files }: Exercise): LabFile {
  const lab = loadLab(files);
  if (!lab.ok) throw new Error(lab.error.map(formatLabError).join('\n'));
  return lab.value;
}

/** The answer that the lab gives to the question. */
function rightAnswer({ question, files }: Exercise): string | undefined {
  const lab = loadLab(files);
  if (question === undefined || !lab.ok) return undefined;
  const run = createLab(lab.value, settings);
  run.run();
  return answerOf(question, run);
}

describe('exercises', () => {
  it('are numbered from 01 without gaps, and get harder', () => {
    expect(NAMES.map((name) => Number(name.slice(0, 2)))).toEqual(NAMES.map((_, i) => i + 1));
    const levels = NAMES.map((name) => exercise(name).level);
    expect(levels).toEqual([...levels].sort());
  });

  describe.each(NAMES)('%s', (name) => {
    it('fails as it is given', () => {
      const given = exercise(name);
      expect(checkExercise(given, { files: given.files }, settings).passed).toBe(false);
    });

    it('passes with its solution', () => {
      const given = exercise(name);
      const answer = rightAnswer(given);
      const files = new Map([...given.files, ...filesIn(join(ROOT, name, 'solution'))]);
      const { points } = checkExercise(
        given,
        { files, ...(answer === undefined ? {} : { answer }) },
        settings,
      );
      expect(points.filter(({ passed }) => !passed)).toEqual([]);
      expect(answer === undefined).toBe(given.question === undefined);
    });

    it('has a task and hints that say more and more', () => {
      const { task, hints } = exercise(name);
      expect(task.length).toBeGreaterThan(60);
      expect(hints.length).toBeGreaterThanOrEqual(3);
      expect(new Set(hints).size).toBe(hints.length);
    });

    it('names no show command that its lab refuses', () => {
      const { task, hints, files } = exercise(name);
      const quoted = [task, ...hints].flatMap((text) =>
        [...text.matchAll(/"(show [^"]+)"/g)].map(([, command]) => command!),
      );
      const loaded = loadLab(files);
      if (!loaded.ok) throw new Error('does not load');
      const run = createLab(loaded.value, settings);
      run.run();
      expect(quoted.filter((command) => run.show('mapserver', command).startsWith('%'))).toEqual([]);
    });

    it('does not change what its solution must not change', () => {
      const { keep } = exercise(name);
      expect(keep.filter((file) => filesIn(join(ROOT, name, 'solution')).has(file))).toEqual([]);
    });
  });
});

it('the counter that the second hint of 07-no-source names is what its mapserver counts', () => {
  const { files, hints } = exercise('07-no-source');
  const loaded = loadLab(files);
  if (!loaded.ok) throw new Error('does not load');
  const run = createLab(loaded.value, settings);
  run.run();
  const [, counter] = /It is "([^"]+)"/.exec(hints[1]!) ?? [];
  const statistics = run.show('mapserver', 'show ip lisp statistics');
  expect(statistics).toMatch(new RegExp(`${counter!}: +5`));
  expect(statistics).not.toContain('Map-Requests sent');
});

describe('a check', () => {
  const given = exercise('04-no-way-back');
  const broken = given.files.get('mapserver.ios')!;

  it('finds the way around the task', () => {
    const files = new Map([['mapserver.ios', `${broken}ip route 192.168.2.0 255.255.255.0 10.0.2.2\n`]]);
    const { passed, points } = checkExercise(given, { files }, settings);
    expect(passed).toBe(false);
    expect(points.map(({ text }) => text)).toContain(
      'mapserver.ios has "ip route 192.168.2.0 255.255.255.0 10.0.2.2": a route to the EIDs is the way around LISP, not the way through it',
    );
  });

  it('finds a file that was to stay', () => {
    const files = new Map([['lisp2.ios', given.files.get('lisp2.ios')!.replace('hold', 'drop')]]);
    const { points } = checkExercise(given, { files }, settings);
    expect(points.find(({ text }) => text === 'lisp2.ios must stay as it was')?.passed).toBe(false);
    const spaced = new Map([['lisp2.ios', given.files.get('lisp2.ios')!.replaceAll('\n', '  \n\n')]]);
    const still = checkExercise(given, { files: spaced }, settings).points;
    expect(still.find(({ text }) => text === 'lisp2.ios is as it was')?.passed).toBe(true);
  });

  it('does not take the student\u2019s own expectations', () => {
    const files = new Map([['lab.yaml', given.files.get('lab.yaml')!.replace(/expect:[\s\S]*$/, '')]]);
    expect(checkExercise(given, { files }, settings).passed).toBe(false);
  });

  it('says where a configuration cannot be read', () => {
    const files = new Map([['mapserver.ios', `${broken}router lips\n`]]);
    const { points } = checkExercise(given, { files }, settings);
    expect(points.at(-1)?.text).toMatch(/^mapserver\.ios, line \d+: .*Invalid input/);
  });

  it('names the console where something is missing, and does not print it all', () => {
    const half = exercise('11-half-an-itr');
    expect(checkExercise(half, { files: half.files }, settings).points.at(-1)).toEqual({
      passed: false,
      text: 'lisp1#show ipv6 lisp map-cache: expected "via map-reply"',
      look: 'lisp1# show ipv6 lisp map-cache',
    });
  });

  it('tells a wrong answer from none, and says where to look', () => {
    const asked = exercise('05-which-hole');
    const point = (answer?: string) =>
      checkExercise(
        asked,
        { files: new Map(), ...(answer === undefined ? {} : { answer }) },
        settings,
      ).points.at(-1)!;
    expect(point()).toEqual({ passed: false, text: 'there is no answer yet' });
    expect(point('10.0.0.0/8')).toMatchObject({
      passed: false,
      look: 'lisp1# show ip lisp map-cache 192.168.3.77',
    });
    expect(point(' 192.168.3.0/24 ').passed).toBe(true);
  });
});

describe('no way around the task passes', () => {
  /** In the file given, this text in the place of that; without that, a line at the end. */
  type Edit = readonly [file: string, text: string, instead?: string];
  const native = (net: string, mask: string, by: string): Edit => [
    'mapserver.ios',
    `ip route ${net} ${mask} ${by}`,
  ];

  it.each<[exercise: string, how: string, ...edits: Edit[]]>([
    ['02', 'the Map-Server takes the wrong key', ['mapserver.ios', 'KEY3', 'KEY2']],
    ['02', 'lisp2 is no xTR any more', ['lisp2.ios', ' no ipv4 itr', ' ipv4 itr']],
    ['02', 'another EID', ['lisp2.ios', '192.168.1.1/32', '192.168.2.1/32']],
    ['03', 'lisp2 registers what may be', ['lisp2.ios', '192.168.20.1', '192.168.2.1']],
    [
      '03',
      'no length but that of the prefix',
      ['mapserver.ios', '192.168.2.0/24\n', '192.168.20.0/24 accept-more-specifics\n'],
    ],
    [
      '03',
      'site 2 may register all there is',
      ['mapserver.ios', 'eid-prefix 0.0.0.0/0', 'eid-prefix 192.168.20.0/24'],
    ],
    [
      '03',
      'site 2 may register what is of site 1',
      ['mapserver.ios', 'eid-prefix 192.168.0.0/16', 'eid-prefix 192.168.20.0/24'],
    ],
    ['04', 'a route to the EID', native('192.168.2.1', '255.255.255.255', '10.0.2.2')],
    ['04', 'a route to more than the EIDs', native('192.0.0.0', '255.0.0.0', '10.0.2.2')],
    [
      '04',
      'a default route to the site',
      ['mapserver.ios', '0.0.0.0 0.0.0.0 10.0.2.2', '0.0.0.0 0.0.0.0 10.0.3.2'],
    ],
    [
      '04',
      'site 2 in the place of site 1 at the PITR only',
      ['mapserver.ios', 'map-cache 192.168.20.0/24 map-request', 'map-cache 192.168.1.0/24 map-request'],
    ],
    ['06', 'the default route', ['lisp1.ios', 'ip route 0.0.0.0 0.0.0.0 10.0.1.1']],
    ['06', 'halves of a default route', ['lisp1.ios', 'ip route 0.0.0.0 128.0.0.0 10.0.1.1']],
    ['06', 'a route to the destination', ['lisp1.ios', 'ip route 4.4.4.4 255.255.255.255 10.0.1.1']],
    ['07', 'routes instead of a PITR', native('192.168.1.0', '255.255.255.0', '10.0.1.2')],
    [
      '07',
      'a PITR that takes nothing, and a route',
      ['mapserver.ios', '', ' map-cache 192.168.1.0/24 map-request\n'],
      native('192.168.1.1', '255.255.255.255', '10.0.1.2'),
    ],
    ['08', 'a better route', native('192.168.1.1', '255.255.255.255', '10.0.1.2')],
    ['08', 'the right next hop', ['mapserver.ios', '255.255.255.0 10.0.1.2', '255.255.255.0 10.0.2.2']],
    ['09', 'a route to the EID', native('192.168.1.1', '255.255.255.255', '10.0.1.2')],
    ['09', 'lisp1 drops as well', ['lisp1.ios', 'miss-policy drop', 'miss-policy hold']],
    ['10', 'weight 0 for it', ['lisp1.ios', 'weight 0', 'weight 100']],
    ['10', 'a route to the EID', native('192.168.1.1', '255.255.255.255', '10.0.1.2')],
    ['10', 'an address that is none of lisp1', ['lisp1.ios', '10.0.1.1 priority 1', '10.0.1.2 priority 255']],
    ['11', 'no ITR at all', ['lisp1.ios', '', ' ipv6 itr\n']],
    ['11', 'half an ITR for IPv4', ['lisp1.ios', ' ipv4 itr', ' ipv6 itr']],
    ['12', 'another EID', ['lisp2.ios', '192.168.2.129', '192.168.2.1']],
    ['12', 'a route on mapserver', native('192.168.2.0', '255.255.255.0', '10.0.2.2')],
    [
      '12',
      'lisp2 registers less',
      ['lisp2.ios', '192.168.2.0/25', '192.168.2.128/25'],
      ['lisp2.ios', 'KEY1', 'KEY2'],
    ],
  ])('%s: %s', (number, how, ...edits) => {
    const given = exercise(NAMES.find((name) => name.startsWith(number))!);
    const files = new Map(given.files);
    for (const [file, text, instead] of edits) {
      const before = files.get(file)!;
      if (instead !== undefined) expect(before, how).toContain(instead);
      files.set(file, instead === undefined ? `${before}${text}\n` : before.replaceAll(instead, text));
    }
    expect(checkExercise(given, { files }, settings).passed).toBe(false);
  });

  it.each([
    ['01', '0.0.0.0/0'],
    ['01', '4.4.4.4/32'],
    ['01', '4.4.4.4'],
    ['05', '192.168.2.0/23'],
    ['05', '192.168.0.0/16'],
    ['05', '192.168.3.77/32'],
  ])('%s: the answer %s', (number, answer) => {
    const given = exercise(NAMES.find((name) => name.startsWith(number))!);
    expect(checkExercise(given, { files: given.files, answer }, settings).passed).toBe(false);
  });
});

describe('an answer', () => {
  const asked = exercise('05-which-hole');
  const isRight = (answer: string) => checkExercise(asked, { files: new Map(), answer }, settings).passed;

  it.each([
    '192.168.3.0/24.',
    '"192.168.3.0/24"',
    '192.168.3.0 / 24',
    '192.168.3.0 255.255.255.0',
    '192.168.3.0/255.255.255.0',
    '192.168.3.77/24',
  ])('%s is right: it means 192.168.3.0/24', (answer) => {
    expect(isRight(answer)).toBe(true);
  });

  it.each(['192.168.3.0', '192.168.3.0/25', '192.168.3.0/240', '192.168.3.0 255.0.255.0', '/24', '24', 'x'])(
    '%s is wrong',
    (answer) => {
      expect(isRight(answer)).toBe(false);
    },
  );
});

describe('07-no-source is what its text says', () => {
  const lab = createLab(loaded(exercise('07-no-source')), settings);
  lab.run();

  it('mapserver learns no mapping, sends no Map-Request, and counts why', () => {
    expect(lab.show('mapserver', 'show lisp site')).toMatch(/yes +10\.0\.1\.2 +192\.168\.1\.1\/32/);
    expect(lab.show('mapserver', 'show ip lisp map-cache')).not.toContain('via map-reply');
    expect(lab.story().some(({ from, title }) => from === 'mapserver' && title.includes('Map-Request'))).toBe(
      false,
    );
    expect(lab.show('mapserver', 'show ip lisp statistics')).toMatch(/No ITR RLOC: +5/);
  });
});

describe('an exercise that is not one', () => {
  const LAB = new Map([['lab.yaml', exampleFiles('pxtr').get('lab.yaml')!]]);
  it.each([
    ['level: 9', 'exercise.yaml:1:8: level is a whole number from 1 to 3, not "9"'],
    ['titel: x', 'unknown key "titel" (did you mean title?)'],
    ['base: pxrt', 'there is no scenario pxrt'],
    ['title: x\nhints: []', 'an exercise has at least one hint'],
    ['base: pxtr\nkeep: [lisp9.ios]', 'there is no file lisp9.ios (did you mean lisp1.ios?)'],
    ['base: pxtr\nforbid: [{ file: lisp1.ios, line: "(", because: x }]', '"(" is no regular expression'],
  ])('%j: %s', (text, message) => {
    const base = (name: string) => (name === 'pxtr' ? exampleFiles(name) : undefined);
    const loaded = loadExercise(new Map([...LAB, ['exercise.yaml', text]]), base);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok) expect(loaded.error.map(formatLabError).join('\n')).toContain(message);
  });
});
