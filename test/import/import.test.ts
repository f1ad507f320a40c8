import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat, importConfig, renderImported, type ImportFormat } from '../../src/import/import.ts';
import type { Imported, ImportSettings } from '../../src/import/imported.ts';
import { canonicalOptions } from '../../src/ios/apply.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { loadLab } from '../../src/sim/lab-file.ts';
import { createLab } from '../../src/sim/lab.ts';
import { exampleFiles } from '../sim/examples.ts';

const FIXTURES: Readonly<Record<string, readonly [format: ImportFormat, settings: ImportSettings]>> = {
  'xtr.oor.conf': [
    'oor',
    {
      hostname: 'lisp1',
      addresses: new Map([
        ['wan0', ['10.0.1.2/30']],
        ['wan1', ['10.0.4.2/30']],
      ]),
      interfaces: new Map([['wan0', 'FastEthernet0/0']]),
    },
  ],
  'ms.oor.conf': ['oor', {}],
  'xtr.vpp': ['vpp', { hostname: 'lisp1' }],
  'mappings.odl.json': ['odl', { hostname: 'ms' }],
};

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

function imported(name: string, text = fixture(name)): Imported {
  const [format, settings] = FIXTURES[name]!;
  const result = importConfig(format, text, settings);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function mistakes(format: ImportFormat, text: string): string[] {
  const result = importConfig(format, text);
  return result.ok ? [] : result.error.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe.each(Object.keys(FIXTURES))('%s', (name) => {
  it('reads as its golden', async () => {
    await expect(renderImported(imported(name))).toMatchFileSnapshot(`goldens/${name}.ios`);
  });

  it('is a configuration of ours, and means the same when it is read back', () => {
    const { options } = imported(name);
    const parsed = parseConfig(renderConfig(options));
    expect(parsed.ok).toBe(true);
    if (parsed.ok) expect(canonicalOptions(parsed.value.options)).toEqual(canonicalOptions(options));
  });

  it('prints no setting that is as usual and that it does not say', () => {
    const text = renderImported(imported(name));
    expect(text).not.toContain('miss-policy');
    const parsed = parseConfig(text);
    expect(parsed.ok && canonicalOptions(parsed.value.options)).toEqual(
      canonicalOptions(imported(name).options),
    );
  });

  it('is told apart from the others by itself', () => {
    expect(detectFormat(fixture(name))?.format).toBe(FIXTURES[name]![0]);
  });
});

describe('VPP', () => {
  const remarks = (text: string): string[] => {
    const read = importConfig('vpp', text, {});
    if (!read.ok) throw new Error(read.error.map(({ message }) => message).join());
    return read.value.remarks.map((remark) => remark.text);
  };

  it('a line that is lost is said once, whole, and why where that is known', () => {
    expect(remarks('lisp rloc-probe enable')).toEqual(['lisp rloc-probe enable']);
    expect(remarks('one adjacency add vni 0')).toEqual([
      'one adjacency add vni 0: adjacencies form by themselves',
    ]);
    expect(remarks('show lisp eid-table')).toEqual(['show lisp eid-table: a look, not a setting']);
    expect(remarks('lisp map-resolver add 10.0.1.1 twice')).toEqual([
      'twice (in: lisp map-resolver add 10.0.1.1 twice)',
    ]);
  });

  it('lines of a shell script and of a session are lines as well, with columns as typed', () => {
    const lines = [
      'set interface ip address eth0 10.0.1.2/30',
      'lisp map-resolver add 10.0.1.1',
      'lisp petr enable',
    ];
    const plain = importConfig('vpp', lines.join('\n'), {});
    const before = ['sudo vppctl ', 'vpp# ', 'vppctl  '];
    const script = importConfig('vpp', lines.map((line, i) => before[i]! + line).join('\n'), {});
    const session = importConfig(
      'vpp',
      lines.map((line) => `DBGvpp# ${line.replace('interface', 'int')}`).join('\n'),
      {},
    );
    const shown = (read: typeof plain): string => (read.ok ? renderImported(read.value) : 'refused');
    expect(shown(plain)).toContain('ipv4 itr map-resolver 10.0.1.1');
    expect([shown(script), shown(session)]).toEqual([shown(plain), shown(plain)]);
    const bad = importConfig('vpp', 'vppctl lisp map-resolver add 10.0.1.x', {});
    expect(bad.ok ? [] : bad.error).toMatchObject([{ line: 1, column: 30 }]);
  });
});

describe('nothing is lost unsaid', () => {
  /** What shows: the configuration and the remarks, without line numbers. */
  const shown = (value: Imported): string =>
    JSON.stringify([renderConfig(value.options), value.remarks.map(({ kind, text }) => `${kind} ${text}`)]);

  it.each(['xtr.oor.conf', 'ms.oor.conf', 'xtr.vpp'])(
    '%s: each line that goes changes what is shown',
    (name) => {
      const lines = fixture(name).split('\n');
      const [format, settings] = FIXTURES[name]!;
      const whole = shown(imported(name));
      for (const [i, line] of lines.entries()) {
        const content = line.replace(/#.*|\/\/.*|\/\*.*\*\//, '').trim();
        // What says what is so anyway: defaults, and the braces and signs around values.
        const isDefault =
          /^(iid *= 0|encapsulation|nat_traversal_support|key-type *= 1|set interface state|lisp enable|lisp eid-table map|create loopback|priority *= 1|weight *= 100|ip_version *= 4|operating-mode *= xTR)/;
        if (content === '' || /^[}{]|[{]$|^10\.0\.1\.1,$/.test(content) || isDefault.test(content)) continue;
        const without = importConfig(format, lines.filter((_, at) => at !== i).join('\n'), settings);
        expect(without.ok ? shown(without.value) : 'refused', `${i + 1}: ${line}`).not.toBe(whole);
      }
    },
  );

  const remarksOf = (text: string, addresses: readonly string[]): string[] => {
    const read = importConfig('oor', text, { addresses: new Map([['eth0', addresses]]) });
    if (!read.ok) throw new Error(read.error[0]?.message);
    return read.value.remarks.map(({ line, kind, text: said }) => `${line} ${kind}: ${said}`);
  };

  it('oor.conf: peers that no route leads to are remarked, with the route to add', () => {
    const peers = `operating-mode = xTR
map-resolver = { 10.0.1.1, 10.9.0.1, 2001:db8:9::1 }
map-server { address = 10.9.0.1 key-type = 2 key = K }
proxy-etr-ipv4 { address = 10.9.0.2 }
database-mapping { eid-prefix = 192.168.1.0/24 rloc-address { address = 10.0.1.2 } }
`;
    const route = 'the operating system had one, add "ip route 0.0.0.0 0.0.0.0 GATEWAY"';
    expect(remarksOf(peers, ['10.0.1.2/30']).slice(0, 4)).toEqual([
      `0 assumed: no route leads to the Map-Resolver 10.9.0.1: ${route}`,
      '0 assumed: no route leads to the Map-Resolver 2001:db8:9::1: the operating system had one, add ' +
        '"ipv6 route ::/0 GATEWAY"',
      `0 assumed: no route leads to the Map-Server 10.9.0.1: ${route}`,
      `0 assumed: no route leads to the Proxy ETR 10.9.0.2: ${route}`,
    ]);
    expect(remarksOf(peers, ['10.0.1.2/8', '2001:db8:9::2/64']).join()).not.toContain('no route');
  });

  it('oor.conf: a TTL that is not said is an assumption, one for several is a change', () => {
    const mapping = (eid: string, ttl: string): string =>
      `database-mapping { eid-prefix = ${eid} ${ttl} rloc-address { address = 10.0.1.1 } }`;
    const said = (...mappings: readonly string[]): string[] =>
      remarksOf(['operating-mode = xTR', ...mappings].join('\n'), ['10.0.1.1/30']).filter((each) =>
        /ttl/i.test(each),
      );
    expect(said(mapping('192.168.1.0/24', ''))).toEqual([
      '2 assumed: no ttl: etr map-cache-ttl 10, the minutes that OOR takes; 1440 here otherwise',
    ]);
    expect(said(mapping('192.168.1.0/24', 'ttl = 60'))).toEqual([]);
    const two = [mapping('192.168.1.0/24', 'ttl = 60'), mapping('192.168.2.0/24', 'ttl = 30')];
    expect(said(...two)).toEqual([
      '3 changed: EIDs have different TTLs, 60 and 30 minutes: here all of IPv4 have 30',
    ]);
    expect(said(two[0]!, mapping('2001:db8::/48', 'ttl = 30'))).toEqual([]);
  });

  it('oor.conf: without any address it says how to give them', () => {
    const text = 'operating-mode = MS\nlisp-site { eid-prefix = 10.0.0.0/8 key-type = 2 key = K }\n';
    expect(remarksOf(text, [])).toEqual([expect.stringContaining('--address eth0=10.0.1.2/30')]);
    expect(remarksOf(text, ['10.0.1.1/30'])).toEqual(['0 changed: interface eth0 is called Ethernet0 here']);
    const rloc =
      'operating-mode = xTR\ndatabase-mapping { eid-prefix = 10.0.0.0/8 rloc-address { address = 10.0.9.2 } }\n';
    expect(remarksOf(rloc, ['10.0.1.1/30']).join()).toContain('--address eth0=10.0.9.2/30');
  });

  it.each([
    [
      'lisp-site { eid-prefix = 10.0.0.0/8 key-type = 1 key = K }',
      '2 changed: key-type 1, hash-function sha1',
    ],
    [
      'lisp-site { eid-prefix = 10.0.0.0/8 key = K }',
      '2 assumed: no key-type: 1 as in OOR, hash-function sha1',
    ],
    ['map-server { address = 10.0.1.2 key = K }', '2 assumed: no key-type: 1 as in OOR, hash-function sha1'],
    ['lisp-site { eid-prefix = 10.0.0.0/8 key-type = 2 key = K }', undefined],
  ])('oor.conf: %s has a remark on its key: %s', (statement, remark) => {
    const found = remarksOf(`operating-mode = MS\n${statement}\n`, ['10.0.1.1/30']).filter((each) =>
      each.includes('sha1'),
    );
    expect(found).toEqual(remark === undefined ? [] : [expect.stringContaining(remark)]);
  });

  it('a statement that nobody knows is remarked where it stands', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, word, (name, value) => {
        const oor = importConfig('oor', `operating-mode = xTR\nx-${name} = ${value}\n`);
        expect(oor.ok && oor.value.remarks).toContainEqual({
          line: 2,
          column: 1,
          kind: 'no-equivalent',
          text: `x-${name} = ${value}`,
        });
        const vpp = importConfig('vpp', `lisp enable\nlisp x-${name} ${value}\n`);
        expect(vpp.ok && vpp.value.remarks.map(({ line, text }) => `${line} ${text}`)).toContain(
          `2 lisp x-${name} ${value}`,
        );
        const odl = importConfig(
          'odl',
          `{"input": {"x-${name}": 1, "eid": {"ipv4-prefix": "10.0.0.0/8"}, "mapping-authkey": {"key-string": "K"}}}`,
        );
        expect(odl.ok && odl.value.remarks.map(({ text }) => text)).toContain(`x-${name}`);
      }),
    );
  });

  it('host bits of an EID are cleared with a remark', () => {
    const odl = importConfig(
      'odl',
      '{"eid": {"ipv4-prefix": "10.1.1.7/24"}, "mapping-authkey": {"key-string": "K"}}',
    );
    expect(odl.ok && odl.value.remarks.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'changed 10.1.1.7/24 becomes 10.1.1.0/24: it has host bits',
    ]);
  });

  it('any text is read or refused, never an exception', () => {
    const texts = Object.keys(FIXTURES).map(fixture);
    const cut = fc
      .tuple(fc.constantFrom(...texts), fc.nat(2000), fc.nat(40), fc.string({ maxLength: 6 }))
      .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
    fc.assert(
      fc.property(
        fc.oneof(cut, fc.string()),
        fc.constantFrom('oor', 'vpp', 'odl' as const),
        (text, format) => {
          const result = importConfig(format, text);
          if (!result.ok)
            for (const { line, column, message } of result.error) {
              expect(line >= 1 && column >= 1 && line <= text.split('\n').length).toBe(true);
              expect(message).not.toBe('');
            }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('mistakes say where', () => {
  it.each<[ImportFormat, string, string]>([
    [
      'oor',
      'operating-mode = xTR\nmap-server {\n  address = 10.0.0.1\n',
      '4:1 "}" is expected, but the file ends',
    ],
    ['oor', 'database-mapping {\n  eid-prefix = 10.1.1\n}', '2:3 10.1.1 is no EID-Prefix'],
    ['oor', 'operating-mode = router', '1:1 router is no operating-mode'],
    ['oor', 'key = "open', '1:7 this quote is not closed'],
    ['oor', 'lisp-site { eid-prefix = 10.0.0.0/8 key-type = 9 key = K }', '1:1 key-type 9 is not known'],
    ['vpp', 'lisp map-resolver add 10.0.0', '1:23 10.0.0 is no address'],
    ['vpp', 'lisp enable\nlisp eid-table add eid 10.0.0.0/8', '2:16 this EID has no locator-set'],
    ['vpp', 'lisp eid-table add eid 10.0.0.0/8 locator-set x', '1:16 there is no locator-set x'],
    ['odl', '{"input": {"eid": }', '1:19 a value is expected here'],
    ['odl', '{\n  "input": {\n    "a": 1\n    "b": 2\n  }\n}', '4:5 "," or "}" is expected before this'],
    ['odl', '{"input": {"a": 1}, "input": {}}', '1:21 this name stands twice'],
    [
      'odl',
      '{"mapping-record": {"eid": {"ipv4": "10.0.0.1"},\n "LocatorRecord": [{"weight": 256}]}}',
      '2:31 weight is a number from 0 to 255, not 256',
    ],
    [
      'odl',
      '{"mapping-record": {"eid": {"ipv4": "10.0.0.1",\n "virtual-network-id": "a"}}}',
      '2:24 virtual-network-id is a number from 0 to 16777215, not a',
    ],
    ['odl', '{"input": {}}', '1:11 no mapping and no key in this object'],
  ])('%s %j: %s', (format, text, expected) => {
    expect(mistakes(format, text)[0]).toContain(expected);
  });
});

describe('in a lab', () => {
  it('an xTR of VPP registers, and the article\u2019s ping goes as ever', () => {
    const files = exampleFiles('pxtr');
    const text = fixture('xtr.vpp').replace(/.*(use-petr|mtu).*\n/g, '');
    const { options } = imported('xtr.vpp', text);
    files.set('lisp1.ios', renderConfig(options).replaceAll('GigabitEthernet0/8/0', 'FastEthernet0/0'));
    const loaded = loadLab(files);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const lab = createLab(loaded.value, { makeDataPlane: () => createEngineSync() });
    const { pings } = lab.run();
    expect(pings[0]!.result?.marks).toBe('.!!!!');
    expect(lab.show('mapserver', 'show lisp site')).toMatch(/10\.0\.1\.2 +192\.168\.1\.1\/32/);
  });
});
