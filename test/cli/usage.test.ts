import { describe, expect, it } from 'vitest';
import { pxtr } from './run.ts';

describe('usage', () => {
  it.each([
    [['lab', 'run']],
    [['lab', 'run', 'pxtr', '--until', 'soon']],
    [['lab', 'run', 'pxtr', '--seed', '-1']],
    [['lab', 'run', 'pxtr', '--colour']],
    [['lab', 'run', 'pxtr', '--json', '--pcap', '-']],
    [['lab', 'walk']],
    [['lap']],
    [['explain', 'pxtr']],
    [['explain', 'pxtr', '--from', 'lisp1', '--to', 'nowhere']],
    [['explain', 'pxtr', '--from', 'nobody', '--to', '4.4.4.4']],
    [['explain', 'pxtr', '--from', 'lisp1', '--to', '2001:db8::1']],
    [['explain', 'pxtr', '--from', 'lisp1', '--to', '4.4.4.4', '--source', '2001:db8::1']],
    [['explain', 'pxtr', '--from', 'lisp1', '--to', '4.4.4.4', '--source', 'Loopback7']],
    [['explain', 'pxtr', '--from', 'lisp1', '--to', '4.4.4.4', '--after', 'lunch']],
  ])('pxtr %j is refused with exit code 2 and a reason', async (args) => {
    const { code, out, err } = await pxtr(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.length).toBeGreaterThan(20);
    expect(err).not.toContain('internal error');
  });

  it('an unknown scenario is answered with the known ones and the nearest', async () => {
    const { code, err } = await pxtr('lab', 'run', 'prtx');
    expect(code).toBe(2);
    expect(err).toContain('no scenario "prtx" - did you mean pxtr?');
    expect(err).toMatch(/^ {2}pxtr +A site talks to the world through a Proxy xTR$/m);
    expect(err).toMatch(/^ {2}two-sites +\S/m);
    const far = await pxtr('lab', 'run', 'something-else-entirely');
    expect(far.err).not.toContain('did you mean');
  });

  it('unknown commands, options and nodes are answered with the nearest', async () => {
    expect((await pxtr('lap')).err).toContain('Did you mean lab?');
    expect((await pxtr('lab', 'run', 'pxtr', '--jsn')).err).toContain('Did you mean --json?');
    expect((await pxtr('explain', 'pxtr', '--from', 'lips1', '--to', '4.4.4.4')).err).toContain(
      'did you mean lisp1?',
    );
  });

  it('lab list names the built-in scenarios with their titles', async () => {
    const { code, out } = await pxtr('lab', 'list');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'eid-rloc-clash',
      'failover',
      'loop-lesson',
      'outside-in',
      'pxtr',
      'pxtr-petr',
      'pxtr-v6',
      'reader-questions',
      'two-pitrs',
      'two-sites',
      '',
    ]);
    expect(out).not.toContain('does not load');
  });

  it('--version prints the version of the package', async () => {
    expect(await pxtr('--version')).toMatchObject({ code: 0, err: '' });
    expect((await pxtr('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([[[]], [['lab']], [['lab', 'run']], [['lab', 'list']], [['explain']], [['decode']]])(
    'pxtr %j --help ends with an example that begins with its name',
    async (path) => {
      const { code, out, err } = await pxtr(...path, '--help');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const lines = out.trimEnd().split('\n');
      const heading = lines.findLastIndex((line) => /^Examples?:$/.test(line));
      expect(heading).toBeGreaterThan(0);
      const examples = lines.slice(heading + 1);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(example).toMatch(/^ {2}pxtr /);
      expect(examples.some((example) => example.includes(path.join(' ')))).toBe(true);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it('without arguments prints the help', async () => {
    const { code, out } = await pxtr();
    expect(code).toBe(0);
    expect(out).toContain('Usage: pxtr');
  });
});
