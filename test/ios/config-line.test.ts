import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/ios/apply.ts';
import { enterConfigLine, promptOf, type ConfigState } from '../../src/ios/config-line.ts';
import { draftOf } from '../../src/ios/draft.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { LAB } from './lab-configs.ts';

const EMPTY: ConfigState = {
  draft: draftOf({ hostname: 'Router', interfaces: [], staticRoutes: [] }),
  path: [],
};

function enter(state: ConfigState, ...lines: string[]): ConfigState {
  return lines.reduce((at, line) => {
    const outcome = enterConfigLine(at, line);
    expect(outcome.errors).toEqual([]);
    return outcome.state;
  }, state);
}

describe('configuration line by line', () => {
  it.each(Object.entries(LAB))('%s typed line by line is the configuration read at once', (_, text) => {
    const typed = enter(EMPTY, ...text.split('\n'));
    const read = parseConfig(text);
    expect(read.ok && optionsOf(typed.draft)).toEqual(read.ok && read.value.options);
  });

  it('a prompt says which mode is open, and exit leaves one mode', () => {
    let state = enter(EMPTY, 'router lisp', 'site a', 'eid-prefix 10.0.0.0/8');
    expect(promptOf(state)).toBe('(config-router-lisp-site)');
    state = enter(state, 'exit');
    expect(promptOf(state)).toBe('(config-router-lisp)');
    state = enter(state, 'interface Loopback0');
    expect(promptOf(state)).toBe('(config-if)');
    expect(enterConfigLine(state, 'end').left).toBe(true);
    expect(enterConfigLine(enter(state, 'exit'), 'exit').left).toBe(true);
  });

  it('the blocks of IOS XE have their prompts, and words that close them', () => {
    let state = enter(EMPTY, 'router lisp', 'locator-set R');
    expect(promptOf(state)).toBe('(config-router-lisp-locator-set)');
    state = enter(state, 'exit-locator-set', 'service ipv6');
    expect(promptOf(state)).toBe('(config-router-lisp-serv-ipv6)');
    // A line of another block closes this one.
    state = enter(state, 'eid-table default instance-id 3');
    expect(promptOf(state)).toBe('(config-router-lisp-eid-table)');
    state = enter(state, 'instance-id 3', 'service ipv4');
    expect(promptOf(state)).toBe('(config-router-lisp-inst-serv-ipv4)');
    state = enter(state, 'exit-instance-id');
    expect(promptOf(state)).toBe('(config-router-lisp)');
    state = enter(state, 'lisp site a');
    expect(promptOf(state)).toBe('(config-lisp-site)');
    expect(promptOf(enter(state, 'exit-site'))).toBe('(config)');
    expect(enterConfigLine(state, 'exit-locator-set').errors).toHaveLength(1);
  });

  it('exit and end may be abbreviated', () => {
    const state = enter(EMPTY, 'router lisp', 'instance-id 3', 'service ipv4');
    expect(promptOf(enter(state, 'ex'))).toBe('(config-router-lisp-inst)');
    expect(enterConfigLine(state, 'en').left).toBe(true);
    expect(enterConfigLine(state, 'e').errors).toHaveLength(1);
  });

  it('a site may be entered again, and keeps what it has', () => {
    const lines = [
      'router lisp',
      'site a',
      'authentication-key K',
      'exit',
      'site a',
      'eid-prefix 10.0.0.0/8',
    ];
    expect(renderConfig(optionsOf(enter(EMPTY, ...lines).draft))).toContain('authentication-key K');
  });

  it('a mistake changes nothing, neither the mode nor the configuration', () => {
    const state = enter(EMPTY, 'router lisp');
    const outcome = enterConfigLine(state, 'ipv4 itr map-resolvr 10.0.0.1');
    expect(outcome.errors).toHaveLength(1);
    expect(outcome.state).toBe(state);
  });

  it('entering a line changes no state that was handed in', () => {
    const state = enter(EMPTY, 'router lisp');
    const before = structuredClone(state);
    enter(state, 'ipv4 itr', 'site b', 'exit', 'no ipv4 itr');
    expect(state).toEqual(before);
  });

  it('what leads nowhere yet is kept until the rest is there', () => {
    const lines = ['router lisp', 'database-mapping 10.1.0.0/16 ipv4-interface Fa0/0 priority 1 weight 100'];
    const early = enter(EMPTY, ...lines);
    expect(optionsOf(early.draft).lisp?.databaseMappings[0]?.locators).toEqual([]);
    const late = enter(early, 'interface Fa0/0', 'ip address 10.9.0.1 255.255.255.0');
    expect(optionsOf(late.draft).lisp?.databaseMappings[0]?.locators).toHaveLength(1);
  });
});
