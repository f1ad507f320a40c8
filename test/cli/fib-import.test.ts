// pxtr fib import: the list it makes, what it says beside it, and files that are not right.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { share } from '../../src/cli/progress.ts';
import { runCli } from '../../src/cli/program.ts';
import { DUMP } from '../support/write-mrt.ts';
import { expectGolden, pxtr, pxtrFed } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-fib-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const RIB = concatBytes(...DUMP);
const rib = write('rib.mrt', RIB);

describe('pxtr fib import', () => {
  it('prints a list that it reads again as it is, and what was read on the other stream', async () => {
    const { code, out, err } = await pxtr('fib', 'import', rib);
    expect(code).toBe(0);
    expectGolden('fib-import-rib', `${out}---\n${err}`);
    const again = await pxtrFed(out, 'fib', 'import', '-');
    expect(again.out).toBe(out.replace(/^#.*\n/gm, ''));
  });

  it('reads gzip by its first bytes, of several members as well', async () => {
    const plain = await pxtr('fib', 'import', rib);
    const packed = write('packed', concatBytes(gzipSync(RIB.subarray(0, 200)), gzipSync(RIB.subarray(200))));
    expect((await pxtr('fib', 'import', packed)).out).toBe(plain.out);
    const cut = write('cut', gzipSync(RIB).subarray(0, 150));
    expect(await pxtr('fib', 'import', cut)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no whole gzip file: unexpected end of file') as string,
    });
  });

  it('--json has the list in a document that it reads again', async () => {
    const { out } = await pxtr('fib', 'import', rib, '--json', '--family', '4');
    expect(JSON.parse(out)).toMatchObject({ format: 'mrt', ipv4: 4, ipv6: 0, skipped: { 'not IPv4': 4 } });
    const text = await pxtr('fib', 'import', rib, '--family', '4');
    expect((await pxtrFed(out, 'fib', 'import', '-')).out).toBe(text.out.replace(/^#.*\n/gm, ''));
  });

  it('--out writes the list into a file', async () => {
    const file = join(folder, 'out.txt');
    const { out } = await pxtr('fib', 'import', rib, '--out', file, '--json', '--value', 'origin-as');
    expect(Object.keys(JSON.parse(out) as object)).not.toContain('prefixes');
    expect(readFileSync(file, 'utf8')).toContain('# 1 = 65550\n');
    expect((await pxtr('fib', 'import', rib, '--out', join(folder, 'no', 'where'))).code).toBe(1);
  });

  it.each([
    ['', 1, 'standard input has no prefixes'],
    ['10.0.0.0/8 x\n', 1, 'line 1, column 12: x is no value; expected a number 1 .. 2^31-1'],
    ['BZh91AY&SY', 2, 'is compressed with bzip2\nbzcat FILE | pxtr fib import -'],
  ])('%j exits with %i and says %s', async (text, code, said) => {
    const done = await pxtrFed(text, 'fib', 'import', '-');
    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toContain(said);
  });

  it('a value that the file does not have is a mistake of usage', async () => {
    const done = await pxtrFed('10.0.0.0/8 1\n', 'fib', 'import', '-', '--value', 'origin-as');
    expect([done.code, done.err]).toEqual([
      2,
      'pxtr: standard input has no origin ASes\nTake --value own or --value index.\n',
    ]);
    expect((await pxtr('fib', 'import', join(folder, 'absent'))).code).toBe(2);
  });

  it('tells how far it is to somebody who looks, and leaves the line empty', async () => {
    let err = '';
    const io = {
      out: () => undefined,
      err: (text: string) => void (err += text),
      colors: false,
      isWatched: true,
    };
    expect(await runCli(['fib', 'import', rib], io)).toBe(0);
    expect(err).toMatch(/^\r\u001b\[Kreading .*rib\.mrt.*\r\u001b\[Kread as mrt/s);
    expect(share(2000, 25, 100)).toBe(', 25 %, 6 s left');
    expect(share(100, 25, 100)).toBe(', 25 %');
    expect(share(2000, 25)).toBe('');
  });
});
