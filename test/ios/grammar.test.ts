import { describe, expect, it } from 'vitest';
import { abbreviateInterface, normaliseInterface } from '../../src/ios/interface-name.ts';
import { COMMANDS } from '../../src/ios/commands.ts';
import { lexLine, quoteWord } from '../../src/ios/lexer.ts';
import { matchTokens } from '../../src/ios/match.ts';
import { editDistance, nearest } from '../../src/ios/nearest.ts';
import { compilePattern } from '../../src/ios/pattern.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import { errorsOf, read, readLisp } from './read.ts';

function outcome(text: string, ...patterns: string[]): string {
  const choices = patterns.map((pattern) => ({ pattern: compilePattern(pattern), item: pattern }));
  const result = matchTokens(lexLine(text, 1).tokens, choices);
  if (result.kind !== 'match') return `${result.kind} at ${result.index}`;
  const values = result.matched.map(({ value }) => ('word' in value ? value.word : value.kind));
  return `${result.item}: ${values.join(' ')}`;
}

describe('words of a line', () => {
  it('have columns counted from 1, whatever the white space', () => {
    expect(lexLine('  ip\t address  x', 7).tokens.map(({ text, column }) => [text, column])).toEqual([
      ['ip', 3],
      ['address', 7],
      ['x', 16],
    ]);
  });

  it('end where a word starts with !, and only there', () => {
    expect(lexLine('miss-policy drop   !+ own', 1).tokens).toHaveLength(2);
    expect(lexLine('key a!b', 1).tokens[1]?.text).toBe('a!b');
    expect(lexLine('! all of it', 1).tokens).toEqual([]);
  });

  it('in quotes hold anything and are never keywords', () => {
    expect(lexLine('a "b c" "d', 1).tokens.map(({ text }) => text)).toEqual(['a', 'b c', '"d']);
    expect(outcome('"ip"', 'ip')).toBe('invalid at 0');
    for (const word of ['', ' ', '!', '"', '\n', 'a b', '\u2028', '\ud800', 'plain', 'a"b'])
      expect(lexLine(`x ${quoteWord(word)} y`, 1).tokens[1]?.text).toBe(word);
  });
});

describe('patterns', () => {
  it('take any unambiguous beginning of a keyword', () => {
    expect(outcome('ro l', 'router lisp', 'hostname <name:word>')).toBe('router lisp: router lisp');
    expect(outcome('RO L', 'router lisp')).toBe('router lisp: router lisp');
    expect(outcome('map', 'map-server', 'map-resolver')).toBe('ambiguous at 0');
  });

  it('prefer the exact keyword to those it begins', () => {
    expect(outcome('ip', 'ip', 'ipv6')).toBe('ip: ip');
    expect(outcome('site', 'site-id', 'site')).toBe('site: site');
  });

  it('let a word be a parameter when the keyword leads nowhere', () => {
    const pattern = 'key [<type:0|6>] <key:word>';
    expect(outcome('key 6', pattern)).toBe(`${pattern}: key 6`);
    expect(outcome('key 6 x', pattern)).toBe(`${pattern}: key 6 x`);
  });

  it('take options in any order, each once', () => {
    const pattern = 'x {a <n:0-9> | b}';
    expect(outcome('x', pattern)).toBe(`${pattern}: x`);
    expect(outcome('x b a 1', pattern)).toBe(`${pattern}: x b a number`);
    expect(outcome('x a 1 a 2', pattern)).toBe('repeated at 3');
    expect(outcome('x a', pattern)).toBe('incomplete at 2');
  });

  it('name parameters once, and every command has a help text', () => {
    for (const { patterns, noPatterns, help } of COMMANDS) {
      expect(help).not.toBe('');
      for (const { text } of [...patterns, ...noPatterns]) {
        const names = [...text.matchAll(/<([a-z0-9-]+):/g)].map(([, name]) => name);
        expect(new Set(names).size, text).toBe(names.length);
      }
    }
  });
});

describe('interface names', () => {
  it.each([
    ['fa0/0', 'FastEthernet0/0', 'Fa0/0'],
    ['FastEthernet 0/0', 'FastEthernet0/0', 'Fa0/0'],
    ['lo0', 'Loopback0', 'Lo0'],
    ['LOOPBACK00', 'Loopback0', 'Lo0'],
    ['gi1/0/2.30', 'GigabitEthernet1/0/2.30', 'Gi1/0/2.30'],
    ['e0', 'Ethernet0', 'Et0'],
    ['eth0/1', 'Ethernet0/1', 'Et0/1'],
    ['te0/1', 'TenGigabitEthernet0/1', 'Te0/1'],
    ['tu1', 'Tunnel1', 'Tu1'],
    ['null0', 'Null0', 'Nu0'],
  ])('%s is %s, and %s in show commands', (text, full, short) => {
    expect(normaliseInterface(text)).toBe(full);
    expect(abbreviateInterface(full)).toBe(short);
  });

  it.each(['t0', 'foo0', '0/0', 'lo', 'lo0/0', 'fa', 'fa0/', 'fa0//1', ''])(
    '%j names no interface',
    (text) => {
      expect(normaliseInterface(text)).toBeUndefined();
    },
  );

  it('may be written in two words', () => {
    expect(
      read('interface Loopback 0\nip route 0.0.0.0 0.0.0.0 loop 0 7\nip route 1.0.0.0 255.0.0.0 null 0')
        .options,
    ).toMatchObject({
      interfaces: [{ name: 'Loopback0' }],
      staticRoutes: [
        { target: { kind: 'interface', name: 'Loopback0' }, distance: 7 },
        { target: { kind: 'discard' } },
      ],
    });
  });
});

describe('the nearest keyword', () => {
  it('is at a distance of few changes', () => {
    expect(editDistance('adress', 'address')).toBe(1);
    expect(editDistance('mpa', 'map')).toBe(1);
    expect(nearest('map-resolvr', ['map-server', 'map-resolver'])).toBe('map-resolver');
    expect(nearest('rip', ['lisp'])).toBeUndefined();
  });
});

describe('commands', () => {
  it('abbreviated mean the same', () => {
    const short = `host r
int fa0/0
 ip addr 10.0.0.1 255.255.255.0
 shut
rou l
 data 10.1.0.0/16 10.0.0.1 pri 1 we 100
 ipv4 it map-r 10.0.0.2
 ipv4 et map-s 10.0.0.2 k K h sha2 p
 mi d
ip ro 0.0.0.0 0.0.0.0 10.0.0.254`;
    const long = `hostname r
interface FastEthernet0/0
 ip address 10.0.0.1 255.255.255.0
 shutdown
router lisp
 database-mapping 10.1.0.0/16 10.0.0.1 priority 1 weight 100
 ipv4 itr map-resolver 10.0.0.2
 ipv4 etr map-server 10.0.0.2 key 0 K proxy-reply hash-function sha2
 miss-policy drop
ip route 0.0.0.0 0.0.0.0 10.0.0.254`;
    expect(read(short).options).toEqual(read(long).options);
  });

  it('of an outer mode close the inner one, as on IOS', () => {
    const { options } = read(`router lisp
 site a
  authentication-key K
 ipv4 map-server
interface lo0
 ip route 10.0.0.0 255.0.0.0 null0
hostname x`);
    expect(options).toMatchObject({
      hostname: 'x',
      interfaces: [{ name: 'Loopback0' }],
      staticRoutes: [{ target: { kind: 'discard' } }],
      lisp: { sites: [{ name: 'a' }], mapServer: { ipv4: true, ipv6: false } },
    });
  });

  it('end and exit leave modes', () => {
    expect(errorsOf('router lisp\nend\nipv4 itr')).toHaveLength(1);
    expect(errorsOf('router lisp\nsite a\nexit\nexit\nipv4 itr')).toHaveLength(1);
    expect(readLisp('site a\nexit\nipv4 itr').itr.ipv4.enabled).toBe(true);
  });

  it('of one EID-Prefix on several lines add RLOCs, of either family', () => {
    const { databaseMappings } = readLisp(` database-mapping 10.1.0.0/16 2001:db8::1 priority 2 weight 50
 database-mapping 10.1.0.0/16 192.0.2.1 priority 1 weight 100
 database-mapping 2001:db8:1::/48 192.0.2.1 priority 1 weight 100`);
    expect(databaseMappings).toEqual([
      {
        eid: eidPrefix(cidr('10.1.0.0/16')),
        locators: [
          { address: ip('192.0.2.1'), priority: 1, weight: 100 },
          { address: ip('2001:db8::1'), priority: 2, weight: 50 },
        ],
      },
      {
        eid: eidPrefix(cidr('2001:db8:1::/48')),
        locators: [{ address: ip('192.0.2.1'), priority: 1, weight: 100 }],
      },
    ]);
  });

  it('static Map-Cache entries have an action or RLOCs', () => {
    const lisp = readLisp(` map-cache 10.0.0.0/8 native-forward
 map-cache 10.1.0.0/16 drop
 map-cache 10.2.0.0/16 192.0.2.2 priority 1 weight 50
 map-cache 10.2.0.0/16 192.0.2.1 priority 1 weight 50`);
    expect(lisp.staticEntries.map(({ action, locators }) => [action, locators.length])).toEqual([
      ['native-forward', 0],
      ['drop', 0],
      ['locators', 2],
    ]);
  });

  it('a PITR and a PETR have their own lines', () => {
    const lisp = readLisp(` ipv4 proxy-itr 10.0.255.1 2001:db8::1
 proxy-itr source-eid rloc
 ipv4 proxy-etr
 ipv4 proxy-etr accept-source 172.16.0.0/12
 ipv6 proxy-etr accept-source any
 ipv6 use-petr 192.0.2.1 priority 2 weight 50`);
    expect(lisp.proxyItr.ipv4.rlocs).toEqual([ip('10.0.255.1'), ip('2001:db8::1')]);
    expect(lisp.pitrSourceEid).toBe('rloc');
    expect(lisp.proxyEtr).toEqual({
      ipv4: { enabled: true, acceptSources: [cidr('172.16.0.0/12')] },
      ipv6: { enabled: false, acceptSources: [cidr('::/0')] },
    });
    expect(lisp.itr.ipv6.usePetr).toEqual([{ address: ip('192.0.2.1'), priority: 2, weight: 50 }]);
  });

  it('keys carry their ID and algorithm', () => {
    const lisp = readLisp(` ipv4 etr map-server 10.0.0.1 key 0 A hash-function sha1 key-id 3
 ipv4 etr map-server 10.0.0.2 key B
 ipv4 etr map-server 10.0.0.2 proxy-reply
 site s
  authentication-key 9 "C D" hash-function sha2-hkdf
  eid-prefix instance-id 7 10.0.0.0/8 accept-more-specifics`);
    expect(lisp.etr.ipv4.mapServers).toEqual([
      { address: ip('10.0.0.1'), key: { keyId: 3, algorithmId: 1, secret: 'A' }, proxyReply: false },
      { address: ip('10.0.0.2'), key: { keyId: 0, algorithmId: 2, secret: 'B' }, proxyReply: true },
    ]);
    expect(lisp.sites[0]?.key).toEqual({ keyId: 9, algorithmId: 3, secret: 'C D' });
    expect(lisp.sites[0]?.prefixes[0]).toEqual({
      eid: eidPrefix(cidr('10.0.0.0/8'), 7),
      acceptMoreSpecifics: true,
    });
  });

  it('the proxy-reply line counts whether it stands before or after the key', () => {
    const [key, reply] = [
      'ipv4 etr map-server 10.0.0.2 key B\n',
      'ipv4 etr map-server 10.0.0.2 proxy-reply\n',
    ];
    expect(readLisp(reply + key)).toEqual(readLisp(key + reply));
    expect(readLisp(reply + key).etr.ipv4.mapServers[0]?.proxyReply).toBe(true);
  });

  it('IDs are filled with zeros', () => {
    expect(readLisp('xtr-id 0x11223344-0xAABBCCDD\nsite-id 7')).toMatchObject({
      xtrId: '000000000000000011223344aabbccdd',
      siteId: '0000000000000007',
    });
  });

  it('the lesser of mtu and ip mtu counts', () => {
    const mtu = (lines: string): number | undefined =>
      read(`interface lo0\n${lines}`).options.interfaces[0]?.mtu;
    expect([mtu(''), mtu('mtu 9000'), mtu('ip mtu 1400\nmtu 9000'), mtu('mtu 1300\nip mtu 1400')]).toEqual([
      1500, 9000, 1400, 1300,
    ]);
  });

  it('"no" removes what the line would add, and warns when it removes nothing', () => {
    const lines = [
      'ipv4 itr',
      'ipv4 itr map-resolver 10.0.0.1',
      'ipv4 etr',
      'ipv4 etr map-server 10.0.0.1 key K',
      'ipv4 etr map-cache-ttl 60',
      'ipv4 proxy-itr 10.0.0.1',
      'ipv4 proxy-etr',
      'ipv4 proxy-etr accept-source any',
      'ipv4 use-petr 10.0.0.1',
      'ipv4 map-server',
      'ipv4 map-resolver',
      'database-mapping 10.0.0.0/8 192.0.2.1 priority 1 weight 1',
      'map-cache 10.0.0.0/8 drop',
      'map-cache 11.0.0.0/8 192.0.2.1 priority 1 weight 1',
      'site s',
      'miss-policy drop',
      'proxy-itr source-eid rloc',
      'xtr-id 1',
      'site-id 1',
    ];
    const empty = renderConfig(read('router lisp').options);
    for (const line of lines) {
      const base = read(`router lisp\n${line}`).options;
      expect(renderConfig(base), line).not.toBe(empty);
      expect(renderConfig(read(`router lisp\nno ${line}`, { base }).options), line).toBe(empty);
    }
    expect(read('no ip route 1.0.0.0 255.0.0.0').warnings).toEqual([
      { line: 1, message: 'nothing to remove: no ip route 1.0.0.0 255.0.0.0' },
    ]);
  });

  it('"no" on interfaces restores the defaults', () => {
    const base = read(`interface lo0
 ip address 10.0.0.1 255.0.0.0
 ip address 10.0.0.2 255.0.0.0 secondary
 ipv6 address 2001:db8::1/64
 mtu 1400
 shutdown`).options;
    const { options } = read('interface lo0\nno ip address\nno ipv6 address\nno mtu\nno shutdown', { base });
    expect(options.interfaces).toEqual(read('interface lo0').options.interfaces);
    expect(
      read('interface lo0\nno ip address 10.0.0.2 255.0.0.0 secondary', { base }).options.interfaces[0]
        ?.addresses,
    ).toHaveLength(2);
  });
});
