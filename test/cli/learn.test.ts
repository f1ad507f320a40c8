import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workFolder } from '../../src/cli/exercise-files.ts';
import { pxtr } from './run.ts';

describe('pxtr learn', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'pxtr-')), 'work');
  });

  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true });
  });

  it('lists the exercises', async () => {
    const { code, out } = await pxtr('learn');
    expect(code).toBe(0);
    expect(out).toMatch(/^02-wrong-key +\* +A registration that fails$/m);
    const rows = JSON.parse((await pxtr('learn', '--json')).out) as { name: string }[];
    expect(rows.map(({ name }) => name)).toContain('12-asked-in-vain');
  });

  it('from start over failing and repairing to done', async () => {
    const started = await pxtr('learn', 'start', 'wrong-key', folder);
    expect(started.code).toBe(0);
    expect(started.out).toContain('Find out why the registration is refused');
    const failed = await pxtr('learn', 'check', '2', folder);
    expect(failed.code).toBe(3);
    expect(failed.out).toContain('FAIL registered at mapserver');
    expect((await pxtr('learn', 'hint', '2', folder)).out).toMatch(/^Hint 1 of 3/);
    expect((await pxtr('learn', 'hint', '2', folder)).out).toMatch(/^Hint 2 of 3/);
    expect((await pxtr('learn', 'solution', '2')).out).toBe(
      'lisp2.ios\n  -  ipv4 etr map-server 10.0.2.1 key KEY3\n  +  ipv4 etr map-server 10.0.2.1 key KEY2\n',
    );
    const file = join(folder, 'lisp2.ios');
    writeFileSync(file, readFileSync(file, 'utf8').replace('KEY3', 'KEY2'));
    const done = await pxtr('learn', 'check', '2', folder, '--json');
    expect(done.code).toBe(0);
    expect(JSON.parse(done.out)).toMatchObject({ passed: true });
  });

  it('hints name the folder that the work is in', async () => {
    expect((await pxtr('learn', 'hint', '1')).out).toContain('"pxtr lab shell FOLDER --steps"');
    await pxtr('learn', 'start', '1', folder);
    const { out } = await pxtr('learn', 'hint', '1', folder);
    expect(out.replaceAll('\n', ' ')).toContain(`"pxtr lab shell ${folder} --steps"`);
  });

  it('the lab of an exercise opens in a console', async () => {
    await pxtr('learn', 'start', '3', folder);
    const { code, out } = await pxtr('lab', 'run', folder);
    expect(code).toBe(3);
    expect(out).toContain('lisp2');
  });

  it('a folder that nothing can be written into is said at once', async () => {
    const file = join(folder, '..', 'file');
    writeFileSync(file, '');
    for (const path of ['/proc/pxtr', '/proc/self/pxtr/deep', join(file, 'work'), file]) {
      const { code, err } = await pxtr('learn', 'start', '1', path);
      expect(code).toBe(1);
      expect(err).toMatch(/^pxtr: cannot write into \S+: (no such file or directory|not a directory)\n$/);
    }
    // Folders above are made where they can be.
    expect((await pxtr('learn', 'start', '1', join(folder, 'deep', 'down'))).code).toBe(0);
  });

  it('nothing is overwritten unless that is wanted', async () => {
    await pxtr('learn', 'start', '3', folder);
    const again = await pxtr('learn', 'start', '3', folder);
    expect(again.code).toBe(2);
    expect(again.err).toContain('is there already');
    expect((await pxtr('learn', 'start', '3', folder, '--force')).code).toBe(0);
  });

  it('a question is answered and checked', async () => {
    await pxtr('learn', 'start', '5', folder);
    await pxtr('learn', 'answer', '5', '192.168.0.0/16', folder);
    const wrong = await pxtr('learn', 'check', '5', folder);
    expect(wrong.code).toBe(3);
    expect(wrong.out).toContain('look: lisp1# show ip lisp map-cache 192.168.3.77');
    await pxtr('learn', 'answer', '5', '192.168.3.0/24', folder);
    const right = await pxtr('learn', 'check', '5', folder);
    expect(right.code).toBe(0);
    expect(right.out).toMatch(/^Done: Which hole is it\?$/m);
  });

  it('the number of an exercise alone shows it; a misspelt command is named', async () => {
    expect((await pxtr('learn', '2')).out).toBe((await pxtr('learn', 'show', '2')).out);
    const { code, err } = await pxtr('learn', 'chek', '2');
    expect(code).toBe(2);
    expect(err).toContain('no command and no exercise chek - did you mean check?');
  });

  it('hints before the start are the first, and how to get at the others', async () => {
    for (let i = 0; i < 2; i++) {
      const { out } = await pxtr('learn', 'hint', '2', folder);
      expect(out).toMatch(/^Hint 1 of 3/);
      expect(out).toContain(`pxtr learn start 02-wrong-key ${folder}`);
    }
  });

  it.each([['check'], ['hint'], ['show'], ['answer']])(
    'a folder of another exercise is no work on this one: %s',
    async (command) => {
      await pxtr('learn', 'start', '2', folder);
      const words = command === 'answer' ? ['5', '10.0.0.0/8'] : ['3'];
      const { code, err } = await pxtr('learn', command, ...words, folder);
      expect(code).toBe(2);
      expect(err).toContain(`${folder} is work on 02-wrong-key, not on 0`);
      expect(readFileSync(join(folder, '.progress.json'), 'utf8')).toContain('"hints":0');
    },
  );

  it('a folder in which nothing was started is left alone', async () => {
    mkdirSync(folder);
    const lab = join(folder, 'lab.yaml');
    writeFileSync(lab, 'mine');
    const checked = await pxtr('learn', 'check', '2', folder);
    expect(checked.err).toContain(`nothing was started in ${folder}`);
    const started = await pxtr('learn', 'start', '2', folder);
    expect(started.code).toBe(2);
    expect(started.err).toContain(`${lab} is there already`);
    expect(readFileSync(lab, 'utf8')).toBe('mine');
  });

  it('work under a name of one\u2019s own is found from the folder around it', async () => {
    const around = join(folder, '..');
    const wrongKey = { name: '02-wrong-key' };
    expect(workFolder(wrongKey, undefined, around)).toBe(join(around, 'pxtr-learn/02-wrong-key'));
    await pxtr('learn', 'start', '2', folder);
    await pxtr('learn', 'start', '3', join(around, 'another'));
    expect(workFolder(wrongKey, undefined, around)).toBe(folder);
    // Two of them are not told apart by themselves.
    await pxtr('learn', 'start', '2', join(around, 'again'));
    expect(workFolder(wrongKey, undefined, around)).toBe(join(around, 'pxtr-learn/02-wrong-key'));
  });

  it('work is found from the folder that it is in', async () => {
    await pxtr('learn', 'start', '2', folder);
    expect(workFolder({ name: '02-wrong-key' }, undefined, folder)).toBe(folder);
    expect(workFolder({ name: '03-not-my-prefix' }, undefined, folder)).not.toBe(folder);
    // As it is typed there. The folder of a whole process is no place to change in a test.
    const program = join(process.cwd(), 'dist/src/cli/main.js');
    const typed = spawnSync(process.execPath, [program, 'learn', 'check', '2'], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(typed.stderr.toString()).toBe('');
    expect(typed.stdout.toString()).toContain('Not yet. pxtr learn hint 02-wrong-key . helps.');
  });

  it('work that is nowhere near: how to begin, and how to say where it is', async () => {
    const { code, err } = await pxtr('learn', 'check', '2');
    expect(code).toBe(2);
    expect(err).toContain('start with: pxtr learn start 02-wrong-key\n');
    expect(err).toContain('pxtr learn check 02-wrong-key FOLDER');
  });

  it.each([
    [['show', 'wrong-kye'], 'did you mean wrong-key?'],
    [['check', '2', '/nonexistent/folder'], 'start with: pxtr learn start 02-wrong-key'],
    [['answer', '2', 'yes'], 'asks no question'],
  ])('%j is a mistake of usage: %s', async (args, message) => {
    const { code, err } = await pxtr('learn', ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync('/nonexistent')).toBe(false);
  });
});
