// Records that are shared by users: one slot for equal values, kept as long as somebody uses it.
import { describe, expect, it } from 'vitest';
import { EngineMemory, presets } from '../../src/engine/memory.ts';
import { SharedRecords } from '../../src/engine/shared-records.ts';

/** Texts, all of them with the same hash when they have the same length. */
class Texts extends SharedRecords<string> {
  readonly written: string[] = [];
  readonly gone: number[] = [];

  override isSame(slot: number, value: string): boolean {
    return this.written[slot] === value;
  }

  protected hashOf({ length }: string): number {
    return length;
  }

  protected write(slot: number, value: string): void {
    this.written[slot] = value;
  }

  protected override letGo(slot: number): void {
    this.gone.push(slot);
  }
}

function make(rewrites: number, isQuiesced: (epoch: number) => boolean): Texts {
  return new Texts('rewrites', new EngineMemory({ ...presets.lab, rewrites }), isQuiesced);
}

describe('SharedRecords', () => {
  it('gives equal values one slot, written once, and retires it with its last user', () => {
    let quiet = 0;
    const texts = make(1, (epoch) => epoch <= quiet);
    expect([texts.acquire('a'), texts.acquire('a')]).toEqual([0, 0]);
    expect(texts.written).toEqual(['a']);
    texts.commit(1);
    texts.release(0);
    texts.commit(2);
    quiet = 2;
    expect(() => texts.acquire('b')).toThrow('no-room in rewrites');
    texts.release(0);
    expect(texts.gone).toEqual([]);
    texts.commit(3);
    expect(texts.gone).toEqual([0]);
    expect(() => texts.acquire('b')).toThrow('no-room in rewrites');
    quiet = 3;
    expect(texts.acquire('b')).toBe(0);
  });

  it('keeps the slot of a value that goes and comes back before the commit', () => {
    const texts = make(1, () => true);
    const slot = texts.acquire('a');
    texts.commit(1);
    texts.release(slot);
    expect(texts.acquire('a')).toBe(slot);
    texts.commit(2);
    expect([texts.acquire('a'), texts.gone]).toEqual([slot, []]);
  });

  it('lets go once of what came and went several times between two commits', () => {
    const texts = make(2, () => true);
    for (let turn = 0; turn < 3; turn++) texts.release(texts.acquire('a'));
    texts.commit(1);
    expect(texts.gone).toEqual([0]);
    expect(new Set([texts.acquire('b'), texts.acquire('c')])).toEqual(new Set([0, 1]));
  });

  it('takes back acquisitions and releases since the last commit', () => {
    const texts = make(4, () => true);
    const [a, b] = [texts.acquire('a'), texts.acquire('b')];
    texts.commit(1);
    for (let turn = 0; turn < 5; turn++) {
      texts.release(a);
      texts.release(b);
      const c = texts.acquire('c');
      texts.acquire('b');
      texts.rollback();
      expect(texts.gone.splice(0)).toEqual([c]);
    }
    expect([texts.acquire('a'), texts.acquire('b')]).toEqual([a, b]);
    texts.release(a);
    texts.commit(2);
    expect(texts.gone).toEqual([]); // the first user still has it
    texts.release(a);
    texts.commit(3);
    expect(texts.gone).toEqual([a]);
  });
});
