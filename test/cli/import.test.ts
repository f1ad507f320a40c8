import { describe, expect, it } from 'vitest';
import { pxtrFed } from './run.ts';

const OOR = 'operating-mode = xTR\nmap-resolver = { 10.0.1.1 }\n';

describe('pxtr import', () => {
  it('prints a configuration, and says on the other stream that there are remarks', async () => {
    const { code, out, err } = await pxtrFed(`${OOR}debug = 1\n`, 'import', 'oor', '-', '--hostname', 'xtr1');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^! assumed: no interface has an address.*\n! line 3, no equivalent: debug = 1\n!\nhostname xtr1\n/,
    );
    expect(err).toContain('2 remarks, 1 without an equivalent');
  });

  it('--strict exits with 3 when something is lost, and with 0 when nothing is', async () => {
    expect((await pxtrFed(`${OOR}debug = 1\n`, 'import', 'oor', '-', '--strict')).code).toBe(3);
    expect((await pxtrFed(OOR, 'import', 'auto', '-', '--strict')).code).toBe(0);
  });

  it('malformed input exits with 1 and a caret, in JSON too', async () => {
    const text = 'operating-mode = xTR\nmap-server { key-type = many }\n';
    const { code, err } = await pxtrFed(text, 'import', 'oor', '-');
    expect(code).toBe(1);
    expect(err).toContain(
      'key-type is a number from 0 to 255, not many\n  map-server { key-type = many }\n               ^',
    );
    const { out } = await pxtrFed(text, 'import', 'oor', '-', '--json');
    expect(JSON.parse(out)).toMatchObject({ format: 'oor', errors: [{ line: 2, column: 14 }, {}, {}] });
  });

  it('gives --json with the options as an object', async () => {
    const { out } = await pxtrFed(OOR, 'import', 'auto', '-', '--json', '--address', 'eth0=10.0.1.2/30');
    expect(JSON.parse(out)).toMatchObject({
      format: 'oor',
      options: { hostname: 'Router', interfaces: [{ name: 'Ethernet0' }] },
      remarks: [{ kind: 'changed', line: 0 }],
    });
  });

  it.each([
    [OOR, 'oor: a statement such as "operating-mode ="'],
    ['comment { of mine }\nlisp enable\n', 'vpp: a line such as "lisp enable ..."'],
    ['sudo vppctl lisp enable\n', 'vpp: a line such as "sudo vppctl lisp ..."'],
    ['{ "mapping-record": [] }', 'odl: it is JSON'],
  ])('auto says what it takes %j for', async (text, why) => {
    expect((await pxtrFed(text, 'import', 'auto', '-')).err).toContain(`read as ${why}`);
  });

  it.each([
    ['', 'standard input is empty'],
    ['hello\n', 'standard input looks like no format that is known\nName one: oor, vpp, odl'],
  ])('auto and %j', async (text, said) => {
    const { code, out, err } = await pxtrFed(text, 'import', 'auto', '-');
    expect([code, out, err]).toEqual([2, '', `pxtr: ${said}\n`]);
  });

  it.each([
    [['nroff'], 'there is no format nroff'],
    [['auto'], 'standard input is empty'],
    [['oor', '--address', 'eth0'], 'has no "="'],
    [['oor', '--address', 'eth0=10.0.0.1'], 'is no interface address'],
    [['oor', '--interface', 'eth0=nothing'], 'is no interface name'],
  ])('%j is a mistake of usage: %s', async ([format, ...flags], message) => {
    const { code, err } = await pxtrFed(format === 'oor' ? OOR : '', 'import', format!, '-', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('a mistake on a long line is shown with what is around it', async () => {
    const text = `{"input": [${'{}, '.repeat(100)}{"a" 1}]}`;
    const { err } = await pxtrFed(text, 'import', 'odl', '-');
    const [, place, line, caret] = err.split('\n');
    expect(place).toBe('line 1, column 417: ":" is expected here');
    expect(line).toHaveLength(2 + 3 + 45 + 4);
    expect(line!.slice(caret!.indexOf('^'))).toBe('1}]}');
  });
});
