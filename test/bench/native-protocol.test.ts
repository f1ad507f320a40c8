import { describe, expect, it } from 'vitest';
import { buildNative } from '../../bench/native-harness.ts';
import {
  askCommand,
  parseAnswer,
  parseDigest,
  parseList,
  parsePackets,
  parseRound,
  roundCommand,
} from '../../bench/native-protocol.ts';

describe('the protocol of the native harness', () => {
  it('has a word for each option, and none for what is left out', () => {
    expect(roundCommand('rte_lpm_bulk', 'rand', 256, 0)).toBe('round rte_lpm_bulk rand 256 0');
    const options = { from: 512, unsummed: true, stride: 2048, dirty: true };
    expect(roundCommand('x', 'zipf', 1, 9, options)).toBe(
      'round x zipf 1 9 from=512 unsummed stride=2048 dirty',
    );
    expect(askCommand('check', 'x', 'unif', 9, { unsummed: false, dirty: false })).toBe('check x unif 9');
  });

  it('keeps sums beyond 2^53', () => {
    const line =
      '{"contender":"null4","trace":"rand","batch":256,"keys":16777216,"cpuNs":0.19,"wallNs":0.2,' +
      '"summed":true,"sum":37484735317884193,"buildMs":0.0,"memoryBytes":0}';
    expect(parseRound(line)).toEqual({
      keys: 16_777_216,
      cpuNs: 0.19,
      wallNs: 0.2,
      summed: true,
      sum: 37_484_735_317_884_193n,
      buildMs: 0,
      memoryBytes: 0,
    });
    expect(parseDigest('{"keys":3,"digest":"0a0b0c0d","sum":18446744073709551615}')).toEqual({
      keys: 3,
      digest: '0a0b0c0d',
      sum: 18_446_744_073_709_551_615n,
    });
  });

  it('reads contenders and packets', () => {
    expect(parseList('{"contenders":[{"name":"a","work":"forward","family":4,"note":""}]}')).toEqual([
      { name: 'a', work: 'forward', family: 4, note: '' },
    ]);
    const packet =
      '{"match":7,"before":"0102","after":"","locators":[2886729729],"verdict":4,"reason":19,"flowHash":1,"mtu":0}';
    expect(parsePackets(`{"contender":"a","packets":[${packet}]}`)).toEqual([
      {
        match: 7,
        before: Buffer.of(1, 2),
        after: Buffer.alloc(0),
        locators: [2_886_729_729],
        verdict: 4,
        reason: 19,
        flowHash: 1,
        mtu: 0,
      },
    ]);
  });

  it('passes on why a contender is skipped', () => {
    const line = '{"contender":"a","skipped":"no AVX-512"}';
    for (const parse of [parseRound, parseDigest, parsePackets]) {
      expect(parse(line)).toEqual({ skipped: 'no AVX-512' });
    }
  });

  it('throws on errors, on what is no JSON, and on answers that lack something', () => {
    expect(() => parseRound('{"error":"no such trace"}')).toThrow('no such trace');
    for (const line of ['', 'EAL: no memory', '[]', 'null', '{"contender":']) {
      expect(() => parseAnswer(line)).toThrow('not an answer');
    }
    expect(() => parseRound('{"keys":1}')).toThrow('without cpuNs');
    expect(() => parseList('{}')).toThrow('without contenders');
    expect(() => parseList('{"contenders":[{"name":"a","work":"b","family":4,"note":""}]}')).toThrow(
      'no such work',
    );
  });
});

describe('the build of the native harness', () => {
  it.skipIf(process.platform === 'win32')('says what is absent instead of failing', () => {
    const built = buildNative({ ...process.env, CC: 'no-such-compiler' });
    expect(built).toEqual({ skipped: 'native: no C compiler (no-such-compiler)' });
  });
});
