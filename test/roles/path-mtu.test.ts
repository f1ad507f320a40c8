import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { NEVER } from '../../src/base/time.ts';
import { PATH_MTU_LIFE, PathMtu } from '../../src/roles/path-mtu.ts';

const RLOC = ip('192.0.2.1');

describe('path MTUs', () => {
  it('DP-20 go down as routers say, and are forgotten after ten minutes', () => {
    const paths = new PathMtu();
    expect(paths.of(RLOC)).toBeUndefined();
    expect(paths.lower(0, RLOC, 1400)).toBe(true);
    // A message of more than is known neither raises the path MTU nor keeps it alive.
    expect(paths.lower(1, RLOC, 1450)).toBe(false);
    expect([paths.of(RLOC), paths.nextDeadline()]).toEqual([1400, PATH_MTU_LIFE]);
    expect(paths.lower(2, RLOC, 1300)).toBe(true);
    expect(paths.of(RLOC)).toBe(1300);
    expect(paths.nextDeadline()).toBe(2 + PATH_MTU_LIFE);
    expect(paths.tick(1 + PATH_MTU_LIFE)).toEqual([]);
    expect(paths.tick(2 + PATH_MTU_LIFE)).toEqual([RLOC]);
    expect([paths.of(RLOC), paths.nextDeadline()]).toEqual([undefined, NEVER]);
  });

  it('the same again is no news, but keeps what is known alive', () => {
    const paths = new PathMtu();
    paths.lower(0, RLOC, 1400);
    expect(paths.lower(5, RLOC, 1400)).toBe(false);
    expect(paths.nextDeadline()).toBe(5 + PATH_MTU_LIFE);
  });

  it('T19 do not go below what everybody carries', () => {
    const paths = new PathMtu();
    paths.lower(0, RLOC, 68);
    paths.lower(0, ip('2001:db8::1'), 68);
    expect([paths.of(RLOC), paths.of(ip('2001:db8::1'))]).toEqual([576, 1280]);
  });

  it('take bounded room, and survive save and restore', () => {
    const paths = new PathMtu();
    for (let i = 0; i < 5000; i++) paths.lower(i, { ...RLOC, w0: RLOC.w0 + i }, 1400);
    expect(paths.save()).toHaveLength(4096);
    expect(paths.of(RLOC)).toBeUndefined();
    const other = new PathMtu();
    other.restore(structuredClone(paths.save()));
    expect(other.nextDeadline()).toBe(paths.nextDeadline());
  });
});
