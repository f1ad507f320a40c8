/** A person's way into a lab: consoles of its nodes, and commands that move the lab through time. No I/O. */
import type { Micros } from '../base/time.ts';
import type { Completion } from '../ios/complete.ts';
import { splitFilter } from '../ios/output-filter.ts';
import { bannerOf, describeLinks, describeNodes } from './lab-shell-lists.ts';
import {
  readAbbreviated,
  readShellCommand,
  type ShellCommand,
  type ShellNames,
} from './lab-shell-command.ts';
import { stepBack, stepForward } from './lab-shell-steps.ts';
import { choicesFor, shellComplete, shellHelp } from './lab-shell-help.ts';
import { contextOf, execCommandOf, isConfiguring, readPrompt, withoutCtrlZ } from './lab-shell-line.ts';
import { finished, type Done, type Head, type ShellOutput } from './lab-shell-output.ts';
import { sessionScript } from './lab-shell-script.ts';
import { filtered } from './lab-console.ts';
import { consoleLines, packetLines, storyLines, storyOf, type Listener } from './lab-shell-told.ts';
import {
  aheadOf,
  describeInput,
  forgetLater,
  goBack,
  moveToEvent,
  positionOf,
  undo,
} from './lab-shell-travel.ts';
import type { Lab } from './lab.ts';
import type { LabFile } from './lab-file.ts';
import type { NetworkRecord } from './record.ts';

/** Where a shell starts. */
export interface ShellSettings {
  /** Whose console it starts at; default the first node. */
  readonly node?: string;
}

/** Events that one call handles at most. */
const EVENTS_PER_CALL = 2000;

/**
 * The lab without the lines that its file types at consoles, configuration among them: those come from the person at
 * the shell. Links still change, and garbage comes: that is the world around the consoles.
 */
export function withoutConsoleSteps(file: LabFile): LabFile {
  const isTyped = (kind: string): boolean => kind === 'command' || kind === 'config' || kind === 'ping';
  return { ...file, steps: file.steps.filter(({ action }) => !isTyped(action.kind)) };
}

function ambiguous(word: string, choices: readonly string[]): string[] {
  return [`% Ambiguous command:  "${word}"`, `  it could be ${choices.join(' or ')}`];
}

/** Whose line it is, and in which mode. */
interface Addressee {
  readonly node: string;
  readonly configuring: boolean;
}

/** A line under way. */
interface Waiting {
  readonly output: Head & { readonly node: string };
  /** The console has carried it out when it has carried out so many lines. */
  readonly goal: number;
  /** Records that were told, and where those of this line begin. */
  readonly told: number;
  readonly since: number;
}

/** A stretch of time under way. */
interface Moving {
  readonly head: Head;
  /** Where it ends. */
  readonly time: Micros;
  /** Record at which it began. */
  readonly since: number;
}

/** Takes lines one after the other; the lab stands still between them. */
export class LabShell {
  readonly lab: Lab;
  /** Where `console NODE` went. */
  #home: string;
  /** The node of the last prompt that was pasted. */
  #pasted: string | undefined;
  #tellsStory = false;
  #waiting: Waiting | undefined;
  #moving: Moving | undefined;

  constructor(lab: Lab, { node }: ShellSettings = {}) {
    this.lab = lab;
    this.#home = node ?? lab.nodeNames[0]!;
  }

  /**
   * Whose console it is. In a pasted configuration often only the first line has a prompt: the rest belongs to that
   * console until it leaves configuration mode.
   */
  get node(): string {
    const pasted = this.#pasted;
    return pasted !== undefined && isConfiguring(this.lab, pasted) ? pasted : this.#home;
  }

  /** `lisp1(config)#` */
  get prompt(): string {
    return this.lab.consoles.prompt(this.node);
  }

  /** What a person is told first. */
  banner(): string[] {
    return bannerOf(this.lab);
  }

  /** Carries out one line. */
  enter(text: string): ShellOutput {
    this.#waiting = undefined;
    this.#moving = undefined;
    const { node, line: typed, prefix, opens } = readPrompt(this.lab, text, this.node);
    if (prefix !== '') this.#pasted = node;
    const line = withoutCtrlZ(this.lab, node, typed);
    const head = { prompt: this.lab.consoles.prompt(node), line: line.trim(), time: this.lab.now };
    if (line.trim() === '' || line.trim().startsWith('!')) return finished(head, {});
    const own = this.#readOwn(line, { node, configuring: opens || isConfiguring(this.lab, node) }, head);
    if (own !== undefined) return finished(head, own);
    if (!opens) return this.#typeAt(node, line, head);
    const forgotten = this.#openConfiguration(node);
    const output = this.#typeAt(node, line, { ...head, prompt: this.lab.consoles.prompt(node) });
    return { ...output, lines: [...forgotten, ...output.lines] };
  }

  /** Goes on with a command that takes long. */
  resume(): ShellOutput {
    const waiting = this.#waiting;
    if (this.#moving !== undefined) {
      const { head, time, since } = this.#moving;
      return finished(head, this.#move(head, time, since));
    }
    if (waiting === undefined) return this.enter('');
    return this.#proceed(waiting);
  }

  /** Stops waiting; returns what became of the line. */
  abandon(): string {
    const isMoving = this.#moving !== undefined;
    this.#waiting = undefined;
    this.#moving = undefined;
    if (isMoving) return `% Stopped on the way: ${positionOf(this.lab)}`;
    return '% The command goes on in the lab; lines at its console wait for it. "undo" takes it back.';
  }

  /** What `?` prints behind a line. */
  help(text: string): string[] {
    const { node, line } = readPrompt(this.lab, text, this.node);
    return shellHelp(line, contextOf(this.lab, node));
  }

  /** What Tab makes of a line. */
  complete(text: string): Completion {
    const { node, line, prefix } = readPrompt(this.lab, text, this.node);
    return shellComplete(line, contextOf(this.lab, node), this.#names, prefix);
  }

  get #names(): ShellNames {
    return { nodes: this.lab.nodeNames, links: this.lab.file.links.map(({ name }) => name) };
  }

  // ---- commands of the shell -------------------------------------------------------------------------------------

  /** Undefined for lines that are for a console. */
  #readOwn(line: string, { node, configuring }: Addressee, head: Head): Done | undefined {
    const split = splitFilter(line);
    const typed = split.ok ? split.value.command : line;
    const isForConsole = configuring || execCommandOf(this.lab, node, line) !== undefined;
    const read =
      readShellCommand(typed, this.#names) ??
      (isForConsole ? undefined : readAbbreviated(typed, this.#names));
    // In configuration mode `quit` leaves a mode, as on IOS.
    const isLeaving = configuring && line.trim() === 'quit';
    if (read === undefined && !isForConsole) {
      const choices = choicesFor(typed.trim(), contextOf(this.lab, node));
      if (choices.length > 1) return { lines: ambiguous(typed.trim(), choices), refused: true };
    }
    if (read === undefined || isLeaving) return undefined;
    if (!read.ok) return { lines: [`% ${read.error}`], refused: true };
    const done = this.#carryOut(read.value, head);
    // A stretch of time filters each piece by itself.
    if (done.lines === undefined || read.value.kind === 'run' || read.value.kind === 'at') return done;
    const lines = filtered(done.lines, line);
    return { ...done, lines: read.value.kind === 'story' ? storyLines(lines) : lines };
  }

  #carryOut(command: ShellCommand, head: Head): Done {
    const { lab } = this;
    const { timeline } = lab;
    switch (command.kind) {
      case 'console':
        this.#home = command.node;
        this.#pasted = undefined;
        return {};
      case 'nodes':
        return { lines: describeNodes(lab) };
      case 'links':
        return { lines: describeLinks(lab) };
      case 'link':
        return this.#changeLink(command.link, command.up);
      case 'step':
        return { lines: stepForward(lab, command.count, this.node) };
      case 'back':
        return { lines: stepBack(lab, command.count) };
      case 'undo': {
        const input = undo(lab);
        if (input === undefined) return { lines: ['% nothing was typed yet'], refused: true };
        return { lines: [`taken back: ${describeInput(input)}`, positionOf(lab)] };
      }
      case 'run':
      case 'at': {
        const time = command.kind === 'at' ? command.time : lab.now + command.duration;
        goBack(lab, time);
        return this.#move(head, time, timeline.records.length);
      }
      case 'at-event': {
        const { told, isThere } = moveToEvent(lab, command.event, command.time);
        const listener = { node: this.node, since: timeline.records.length - told.length };
        const end = isThere ? positionOf(lab) : `% the run has ${timeline.event} events`;
        return { lines: [...this.#tell(told, listener), end, ...aheadOf(lab)], refused: !isThere };
      }
      case 'time':
        return { lines: [positionOf(lab)] };
      case 'story':
        return { lines: storyOf(lab) };
      case 'tell':
        this.#tellsStory = command.on;
        return {};
      case 'help':
        return { lines: this.help('') };
      case 'save': {
        const bytes = new TextEncoder().encode(sessionScript(lab));
        return { effects: [{ kind: 'write', path: command.path, bytes }] };
      }
      case 'quit':
        return { effects: [{ kind: 'quit' }] };
    }
  }

  /** A stretch of time, in pieces: whoever asked for too much may stop it. */
  #move(head: Head, time: Micros, since: number): Done {
    const { lab } = this;
    const from = lab.timeline.records.length;
    const busy = lab.timeline.run({ until: time, maxEvents: EVENTS_PER_CALL }) === EVENTS_PER_CALL;
    this.#moving = busy ? { head, time, since } : undefined;
    if (!busy) lab.timeline.runUntil(time);
    const told = this.#tell(lab.timeline.records.slice(from), { node: this.node, since });
    const lines = busy ? told : [...told, positionOf(lab), ...aheadOf(lab)];
    return { lines: filtered(lines, head.line), busy };
  }

  #changeLink(link: string, up: boolean): Done {
    const forgotten = this.#forget();
    const from = this.lab.timeline.records.length;
    this.lab.input(this.lab.now, { kind: 'link', link, change: { up } });
    this.lab.timeline.run({ until: this.lab.now });
    const told = consoleLines(this.lab, this.lab.timeline.records.slice(from), {
      node: this.node,
      since: from,
    });
    const state = `link ${link} is ${up ? 'up' : 'down'}`;
    return { lines: [...forgotten, ...told, state] };
  }

  // ---- consoles --------------------------------------------------------------------------------------------------

  /** As `configure terminal` does it. Returns what was forgotten. */
  #openConfiguration(node: string): string[] {
    const { lab } = this;
    const forgotten = this.#forget();
    lab.type(node, 'configure terminal');
    for (let events = 0; !isConfiguring(lab, node) && events < EVENTS_PER_CALL; events++) lab.timeline.step();
    return forgotten;
  }

  #typeAt(node: string, line: string, head: Head): ShellOutput {
    const { lab } = this;
    const finish = (done: Done): ShellOutput => finished(head, done);
    const command = execCommandOf(lab, node, line);
    if (command?.kind === 'leave') return finish({ node, effects: [{ kind: 'quit' }] });
    if (command?.kind === 'capture-export') return finish({ node, ...this.#export(node, command.path) });
    const isLook = command?.kind === 'show' || command?.kind === 'nothing';
    // Whoever went back to look around does not lose what comes later.
    if (isLook && lab.timeline.horizon > lab.timeline.event) {
      const { lines, state } = lab.consoles.look(node, line, lab.now);
      return finish({ node, lines, refused: state.refused });
    }
    const forgotten = this.#forget();
    const { entered, queue } = lab.consoles.state(node);
    const told = lab.timeline.records.length;
    lab.type(node, line);
    const output = this.#proceed({
      output: { ...head, node },
      goal: entered + queue.length + 1,
      told,
      since: told,
    });
    return { ...output, lines: [...forgotten, ...output.lines] };
  }

  #proceed(waiting: Waiting): ShellOutput {
    const { timeline, consoles } = this.lab;
    const { output, goal, told, since } = waiting;
    const isOver = (): boolean => {
      const { entered, busy } = consoles.state(output.node);
      return entered >= goal && busy === undefined;
    };
    for (let events = 0; !isOver() && events < EVENTS_PER_CALL; events++) if (!timeline.step()) break;
    const busy = !isOver() && timeline.network.nextTime() < Infinity;
    const lines = this.#tell(timeline.records.slice(told), { node: output.node, typed: output.line, since });
    this.#waiting = busy ? { ...waiting, told: timeline.records.length } : undefined;
    const { refused } = consoles.state(output.node);
    return { ...output, lines, refused, busy, effects: [] };
  }

  #export(node: string, path: string): Done {
    const bytes = this.lab.consoleCapture(node);
    if (bytes === undefined)
      return { lines: ['% There is no capture: monitor capture start'], refused: true };
    return { effects: [{ kind: 'write', path, bytes }] };
  }

  /** Whoever changes the past is told what no longer follows. */
  #forget(): string[] {
    const forgotten = forgetLater(this.lab);
    return forgotten.length === 0 ? [] : [`forgotten: ${forgotten.map(describeInput).join(', ')}`];
  }

  /** What consoles printed since, and the packets when they are wanted. */
  #tell(records: readonly NetworkRecord[], listener: Listener): string[] {
    const packets = this.#tellsStory ? packetLines(this.lab, records) : [];
    return [...consoleLines(this.lab, records, listener), ...packets];
  }
}
