// EIDs that are RLOCs of somebody else: warned of when the lab is loaded, and what goes wrong when it runs.
import { describe, expect, test } from 'vitest';
import { formatLabWarning } from '../../src/sim/lab-warning.ts';
import { expectGolden, expectPassed, lab, labFile, numbered } from './support.ts';
import { exampleNames } from '../sim/examples.ts';

const warnings = (...args: Parameters<typeof labFile>): string[] =>
  labFile(...args).warnings.map(formatLabWarning);

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('eid-rloc-clash');
  run.run();
  expectPassed(run);
  expectGolden('eid-rloc-clash.txt', [
    ...run.file.warnings.map(formatLabWarning),
    '',
    ...run.narration(),
    '',
    ...run.ladder(),
  ]);
});

test('the EID that is an RLOC is answered by mapserver, and nothing of it reaches its site', () => {
  const run = lab('eid-rloc-clash');
  run.run();
  const late = numbered(run).filter(({ frame }) => frame.time >= 30_000_000);
  expect(late.length).toBeGreaterThan(0);
  expect(late.some(({ from, to }) => from === 'lisp2' || to === 'lisp2')).toBe(false);
});

describe('warnings at load', () => {
  test.each(exampleNames().filter((name) => name !== 'eid-rloc-clash'))('%s has none', (name) => {
    expect(warnings(name)).toEqual([]);
  });

  test('the clash names both prefixes, their nodes and interfaces', () => {
    expect(warnings('eid-rloc-clash').at(-1)).toBe(
      'lisp2.ios: EID space clashes with RLOC space: 10.0.1.0/24 of lisp2 and 10.0.1.0/30 of lisp1 FastEthernet0/0, mapserver FastEthernet0/0',
    );
  });

  test('no configuration alone is to blame when the Map-Server is told of a wider site', () => {
    const edits = {
      'lisp2.ios': [['database-mapping 192.168.2.1/32', 'database-mapping 10.0.1.2/32']],
      'mapserver.ios': [
        ['eid-prefix 192.168.2.0/24', 'eid-prefix 10.9.0.0/16'],
        ['map-cache 192.168.2.0/24', 'map-cache 10.9.0.0/16'],
      ],
    } as const;
    expect(warnings('pxtr', edits)).toEqual([
      'lisp2.ios: EID space clashes with RLOC space: 10.0.1.2/32 of lisp2 and 10.0.1.0/30 of lisp1 FastEthernet0/0, mapserver FastEthernet0/0',
    ]);
  });

  test('links inside a site are no RLOC space', () => {
    const inside = 'interface FastEthernet0/1\n ip address 192.168.2.5 255.255.255.252\n!\nrouter lisp\n';
    const edits = {
      'lisp2.ios': [
        ['router lisp\n', inside],
        ['database-mapping 192.168.2.1/32', 'database-mapping 192.168.2.0/24'],
      ],
      'outsideworld.ios': [
        [
          'interface FastEthernet0/0\n',
          'interface FastEthernet0/1\n ip address 192.168.2.6 255.255.255.252\n!\ninterface FastEthernet0/0\n',
        ],
      ],
      'lab.yaml': [
        ['links:\n', 'links:\n  - { a: lisp2 FastEthernet0/1, b: outsideworld FastEthernet0/1 }\n'],
        ['  - { a: mapserver FastEthernet1/0, b: outsideworld FastEthernet0/0, delay: 1ms }\n', ''],
      ],
    } as const;
    expect(warnings('pxtr', edits)).toEqual([]);
  });
});
