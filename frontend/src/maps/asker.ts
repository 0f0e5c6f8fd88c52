// Asks the kernel to go on, for as long as there is work left and somebody is looking. One request is under way at a
// time; a kernel that does not answer is said to be silent.
const BUDGET_MS = 150;
const SILENCE_MS = 3000;

export interface Work {
  /** True while there is more to do and nobody has stopped it. */
  running: boolean;
}

export interface AskerEvents {
  send(message: { type: string; budget_ms?: number }): void;
  onSilence(silent: boolean): void;
}

export class Asker {
  private work: Work = { running: false };
  private watchers = 0;
  private waiting = false;
  private silent = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: AskerEvents) {}

  /** What there is to do now. */
  adopt(work: Work): void {
    this.work = work;
    this.consider();
  }

  /** A view came into sight (1) or went out of it (-1). */
  look(by: number): void {
    this.watchers += by;
    this.consider();
  }

  /** Sends what the reader wants, and waits for the answer. */
  ask(type: string): void {
    this.waiting = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.giveUp(), SILENCE_MS);
    try {
      this.events.send({ type, budget_ms: BUDGET_MS });
    } catch {
      this.giveUp(); // the connection to the kernel is gone
    }
  }

  answered(): void {
    clearTimeout(this.timer);
    this.waiting = false;
    this.say(false);
    this.consider();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watchers = 0;
  }

  private consider(): void {
    if (this.work.running && this.watchers > 0 && !this.waiting && !this.silent) this.ask("continue");
  }

  private giveUp(): void {
    clearTimeout(this.timer);
    this.waiting = false;
    this.say(true);
  }

  private say(silent: boolean): void {
    if (silent === this.silent) return;
    this.silent = silent;
    this.events.onSilence(silent);
  }
}
