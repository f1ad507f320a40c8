/** A person's way into a lab: consoles of its nodes, and commands that move the lab through time. No I/O. */
import type { Micros } from '../base/time.ts';
import type { Completion } from '../ios/complete.ts';
import { splitFilter } from '../ios/output-filter.ts';
import { describeNodes, describeLinks } from './lab-shell-lists.ts';
import { readShellCommand, type ShellCommand, type ShellNames } from './lab-shell-command.ts';
import { eventLines } from './lab-shell-events.ts';
import { shellComplete, shellHelp } from './lab-shell-help.ts';
import { contextOf, execCommandOf, isConfiguring, readPrompt, withoutCtrlZ } from './lab-shell-line.ts';
import { sessionScript } from './lab-shell-script.ts';
import { filtered } from './lab-console.ts';
import { describeInput, forgetLater, moveTo, moveToEvent, positionOf, undo } from './lab-shell-travel.ts';
import type { Lab } from './lab.ts';
import type { LabFile } from './lab-file.ts';
import { formatTime } from './log.ts';
import { narrate } from './narrate.ts';
import type { NetworkRecord, RecordOf } from './record.ts';

/** What a line did. */
export interface ShellOutput {
  /** The node whose console took the line; absent for commands of the shell. */
  readonly node?: string;
  /** The prompt that the line stands behind. */
  readonly prompt: string;
  /** As it was taken, without a pasted prompt. */
  readonly line: string;
  /** When it was typed. */
  readonly time: Micros;
  readonly lines: readonly string[];
  readonly refused: boolean;
  /** The console still waits for the end of the command: `resume` goes on, `abandon` stops waiting. */
  readonly busy: boolean;
  readonly effects: readonly ShellEffect[];
}

/** What the surroundings of the shell are asked to do. */
export type ShellEffect =
  { readonly kind: 'write'; readonly path: string; readonly bytes: Uint8Array } | { readonly kind: 'quit' };

/** Where a shell starts. */
export interface ShellSettings {
  /** Whose console it starts at; default the first node. */
  readonly node?: string;
}

/** Events that one call handles at most. */
const EVENTS_PER_CALL = 2000;

/** The lab without the lines that its file types at consoles: those come from the person at the shell. */
export function withoutConsoleSteps(file: LabFile): LabFile {
  const isTyped = (kind: string): boolean => kind === 'command' || kind === 'ping';
  return { ...file, steps: file.steps.filter(({ action }) => !isTyped(action.kind)) };
}

type Done = Partial<Pick<ShellOutput, 'node' | 'lines' | 'refused' | 'busy' | 'effects'>>;

/** A line under way. */
interface Waiting {
  readonly output: Pick<ShellOutput, 'prompt' | 'line' | 'time'> & { readonly node: string };
  /** The console has carried it out when it has carried out so many lines. */
  readonly goal: number;
  /** Records that were told. */
  readonly told: number;
}

/** Takes lines one after the other; the lab stands still between them. */
export class LabShell {
  readonly lab: Lab;
  #node: string;
  #tellsStory = false;
  #waiting: Waiting | undefined;

  constructor(lab: Lab, { node }: ShellSettings = {}) {
    this.lab = lab;
    this.#node = node ?? lab.nodeNames[0]!;
  }

  /** Whose console it is. */
  get node(): string {
    return this.#node;
  }

  /** `lisp1(config)#` */
  get prompt(): string {
    return this.lab.consoles.prompt(this.#node);
  }

  /** What a person is told first. */
  banner(): string[] {
    const { file, now } = this.lab;
    const title = file.title === '' ? file.name : `${file.name}: ${file.title}`;
    return [
      title,
      `Consoles: ${this.lab.nodeNames.join(', ')}. "console NODE" goes to another one.`,
      `The time is ${formatTime(now)}; "step", "back", "run 5s", "at 10s" and commands that wait move it.`,
      '"story" tells the packets so far; "?" lists everything.',
    ];
  }

  /** Carries out one line. */
  enter(text: string): ShellOutput {
    this.#waiting = undefined;
    const { node, line: typed } = readPrompt(this.lab, text, this.#node);
    const line = withoutCtrlZ(this.lab, node, typed);
    const head = { prompt: this.lab.consoles.prompt(node), line: line.trim(), time: this.lab.now };
    const finish = (done: Done): ShellOutput => ({
      ...head,
      lines: [],
      refused: false,
      busy: false,
      effects: [],
      ...done,
    });
    if (line.trim() === '' || line.trim().startsWith('!')) return finish({});
    const own = this.#readOwn(line, node);
    if (own !== undefined) return finish(own);
    return this.#typeAt(node, line, head, finish);
  }

  /** Goes on with a command that takes long. */
  resume(): ShellOutput {
    const waiting = this.#waiting;
    if (waiting === undefined) return this.enter('');
    return this.#proceed(waiting);
  }

  /** Stops waiting: the command goes on in the lab, and lines typed at its console wait for it. */
  abandon(): void {
    this.#waiting = undefined;
  }

  /** What `?` prints behind a line. */
  help(text: string): string[] {
    const { node, line } = readPrompt(this.lab, text, this.#node);
    return shellHelp(line, contextOf(this.lab, node));
  }

  /** What Tab makes of a line. */
  complete(text: string): Completion {
    const { node, line, prefix } = readPrompt(this.lab, text, this.#node);
    return shellComplete(line, contextOf(this.lab, node), this.#names, prefix);
  }

  get #names(): ShellNames {
    return { nodes: this.lab.nodeNames, links: this.lab.file.links.map(({ name }) => name) };
  }

  // ---- commands of the shell -------------------------------------------------------------------------------------

  /** Undefined for lines that are for a console. */
  #readOwn(line: string, node: string): Done | undefined {
    const split = splitFilter(line);
    const read = readShellCommand(split.ok ? split.value.command : line, this.#names);
    // In configuration mode `quit` leaves a mode, as on IOS.
    const isLeaving = isConfiguring(this.lab, node) && line.trim() === 'quit';
    if (read === undefined || isLeaving) return undefined;
    if (!read.ok) return { lines: [`% ${read.error}`], refused: true };
    const done = this.#carryOut(read.value);
    return done.lines === undefined ? done : { ...done, lines: filtered(done.lines, line) };
  }

  #carryOut(command: ShellCommand): Done {
    const { lab } = this;
    const { timeline } = lab;
    const from = timeline.records.length;
    switch (command.kind) {
      case 'console':
        this.#node = command.node;
        return {};
      case 'nodes':
        return { lines: describeNodes(lab) };
      case 'links':
        return { lines: describeLinks(lab) };
      case 'link':
        return this.#changeLink(command.link, command.up);
      case 'step': {
        const handled = timeline.run({ maxEvents: command.count });
        const told = timeline.records.slice(from);
        const quiet = handled > 0 && told.length === 0 ? ['  a timer; nothing to tell'] : [];
        const end = handled < command.count ? ['  nothing is left to happen'] : [];
        const lines = [...eventLines(told, lab.story(), (record) => this.#line(record)), ...quiet, ...end];
        return { lines: [...lines, positionOf(lab)] };
      }
      case 'back': {
        const isPossible = timeline.event >= command.count;
        timeline.goTo(Math.max(0, timeline.event - command.count));
        return { lines: [...(isPossible ? [] : ['  this is the start']), positionOf(lab)] };
      }
      case 'undo': {
        const input = undo(lab);
        if (input === undefined) return { lines: ['% nothing was typed yet'], refused: true };
        return { lines: [`taken back: ${describeInput(input)}`, positionOf(lab)] };
      }
      case 'run':
      case 'at': {
        const time = command.kind === 'at' ? command.time : lab.now + command.duration;
        return { lines: [...this.#tell(moveTo(lab, time)), positionOf(lab)] };
      }
      case 'at-event': {
        const { told, isThere } = moveToEvent(lab, command.event, command.time);
        const end = isThere ? positionOf(lab) : `% the run has ${timeline.event} events`;
        return { lines: [...this.#tell(told), end], refused: !isThere };
      }
      case 'time':
        return { lines: [positionOf(lab)] };
      case 'story':
        return { lines: lab.narration() };
      case 'tell':
        this.#tellsStory = command.on;
        return {};
      case 'save': {
        const bytes = new TextEncoder().encode(sessionScript(lab));
        return { effects: [{ kind: 'write', path: command.path, bytes }] };
      }
      case 'quit':
        return { effects: [{ kind: 'quit' }] };
    }
  }

  #changeLink(link: string, up: boolean): Done {
    const forgotten = this.#forget();
    const from = this.lab.timeline.records.length;
    this.lab.input(this.lab.now, { kind: 'link', link, change: { up } });
    this.lab.timeline.run({ until: this.lab.now });
    const state = `link ${link} is ${up ? 'up' : 'down'}`;
    return { lines: [...forgotten, ...this.#console(this.lab.timeline.records.slice(from)), state] };
  }

  // ---- consoles --------------------------------------------------------------------------------------------------

  #typeAt(
    node: string,
    line: string,
    head: Pick<ShellOutput, 'prompt' | 'line' | 'time'>,
    finish: (done: Done) => ShellOutput,
  ): ShellOutput {
    const { lab } = this;
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
    const output = this.#proceed({ output: { ...head, node }, goal: entered + queue.length + 1, told });
    return { ...output, lines: [...forgotten, ...output.lines] };
  }

  #proceed(waiting: Waiting): ShellOutput {
    const { timeline, consoles } = this.lab;
    const { output, goal, told } = waiting;
    const isOver = (): boolean => {
      const { entered, busy } = consoles.state(output.node);
      return entered >= goal && busy === undefined;
    };
    for (let events = 0; !isOver() && events < EVENTS_PER_CALL; events++) if (!timeline.step()) break;
    const busy = !isOver() && timeline.network.nextTime() < Infinity;
    const lines = this.#tell(timeline.records.slice(told), output.node, output.line);
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
  #tell(records: readonly NetworkRecord[], node = this.#node, typed?: string): string[] {
    return [...this.#console(records, node, typed), ...(this.#tellsStory ? this.#packets(records) : [])];
  }

  /** Lines of this console as they are, of others with their names. */
  #console(records: readonly NetworkRecord[], node = this.#node, typed?: string): string[] {
    const lines: string[] = [];
    let isEchoed = typed === undefined;
    for (const record of records) {
      if (record.kind !== 'typed' && record.kind !== 'console') continue;
      const isEcho = record.kind === 'typed' && record.node === node && record.text.trim() === typed;
      if (isEcho && !isEchoed) isEchoed = true;
      else lines.push(this.#line(record, node));
    }
    return lines;
  }

  #line(record: RecordOf<'typed' | 'console'>, node = this.#node): string {
    const mark = record.node === node ? '' : `[${record.node}] `;
    return mark + (record.kind === 'typed' ? record.node + record.prompt + record.text : record.text);
  }

  #packets(records: readonly NetworkRecord[]): string[] {
    const frames = new Set(records.flatMap((each) => (each.kind === 'frame' ? [each.frame.number] : [])));
    return narrate(this.lab.story().filter(({ frame }) => frames.has(frame.number)));
  }
}
