// Decides what to ask and when: at most one request is under way, the newest wish wins, and a training that is not
// finished is asked to go on for as long as somebody is looking.
import type { Settings } from "./settings";
import type { Reply, Request, Trainer } from "./trainer";

/** How long the kernel may train before it answers with what it has. */
const FIRST_BUDGET_MS = 150;
const CONTINUE_BUDGET_MS = 300;
const SILENCE_MS = 3000;

export interface ConductorEvents {
  onReply(reply: Reply & { type: "film" }): void;
  onError(message: string): void;
  /** Called when the trainer stops (true) or starts again (false) to answer. */
  onSilence(silent: boolean): void;
  /** Called when a request is sent or answered, or training is cancelled or resumed. */
  onActivity(): void;
}

type Wish = { type: "train"; settings: Settings } | { type: "show"; instance: number } | { type: "continue" };

export class Conductor {
  /** True after `cancel()`: an unfinished training stays as it is until `resume()` or a new wish. */
  cancelled = false;
  private token = Math.floor(Math.random() * 2 ** 40); // two pages may talk to one kernel
  private trained = 0; // the token of the training that is on the screen
  private unfinished = false;
  private wish: Wish | null = null;
  private asking = false;
  private awake = false;
  private silent = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly trainer: Trainer,
    private readonly events: ConductorEvents,
  ) {}

  /** True while an answer, or the rest of a training, is being waited for. */
  get busy(): boolean {
    return this.asking || this.wish !== null;
  }

  /** True when a newer wish is waiting behind the request under way. */
  get superseded(): boolean {
    return this.wish?.type === "train";
  }

  train(settings: Settings): void {
    this.cancelled = false;
    this.want({ type: "train", settings });
  }

  show(instance: number): void {
    if (this.wish?.type !== "train") this.want({ type: "show", instance });
  }

  cancel(): void {
    this.cancelled = true;
    if (this.wish?.type === "continue") this.wish = null;
    this.events.onActivity();
  }

  resume(): void {
    this.cancelled = false;
    if (this.unfinished) this.want({ type: "continue" });
  }

  /** The trainer changed its mind by itself (Python set a trait): replies to older requests no longer count. */
  adopt(token: number, done: boolean): void {
    this.trained = token;
    this.unfinished = !done;
    this.wish = null;
    this.cancelled = false;
    this.answered();
    this.goOn();
  }

  /** Nothing is asked while nobody is looking. */
  setAwake(awake: boolean): void {
    this.awake = awake;
    if (awake) this.goOn();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.awake = false;
    this.wish = null;
    this.trainer.dispose();
  }

  private want(wish: Wish): void {
    this.wish = wish;
    this.pump();
    this.events.onActivity();
  }

  private goOn(): void {
    if (this.unfinished && !this.cancelled && !this.wish) this.wish = { type: "continue" };
    this.pump();
    this.events.onActivity();
  }

  private pump(): void {
    if (this.asking || !this.wish || !this.awake) return;
    const request = this.request(this.wish);
    this.wish = null;
    this.asking = true;
    this.timer = setTimeout(() => this.giveUp(), SILENCE_MS);
    this.trainer.train(request).then(
      (reply) => this.receive(reply),
      () => this.giveUp(),
    );
  }

  private request(wish: Wish): Request {
    if (wish.type === "train") {
      this.trained = ++this.token;
      return { ...wish, token: this.token, budget_ms: FIRST_BUDGET_MS };
    }
    if (wish.type === "show") return { ...wish, token: this.trained };
    return { ...wish, token: this.trained, budget_ms: CONTINUE_BUDGET_MS };
  }

  private receive(reply: Reply): void {
    const token = reply.type === "film" ? reply.state.token : reply.token;
    if (token !== this.trained) return;
    this.answered();
    this.unfinished = reply.type === "film" && !reply.state.done;
    if (reply.type === "film") this.events.onReply(reply);
    else if (!this.superseded) this.events.onError(reply.message);
    this.goOn();
  }

  private answered(): void {
    clearTimeout(this.timer);
    this.asking = false;
    this.say(false);
  }

  /** A request that is not answered is not waited for, so that the next wish can be tried. */
  private giveUp(): void {
    clearTimeout(this.timer);
    this.asking = false;
    this.say(true);
    this.pump();
    this.events.onActivity();
  }

  private say(silent: boolean): void {
    if (silent === this.silent) return;
    this.silent = silent;
    this.events.onSilence(silent);
  }
}
