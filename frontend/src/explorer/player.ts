// Plays a film: frames by the clock, so that a slow computer skips frames instead of slowing down.

/** Frames a second at speed 1: a film of 60 frames takes three seconds. */
const RATE = 20;

export class Player {
  private request = 0;
  private position = 0;
  private before = 0;

  /** `step` shows a frame and says whether the film goes on after it. */
  constructor(private readonly step: (frame: number) => boolean) {}

  get playing(): boolean {
    return this.request !== 0;
  }

  play(from: number, speed: () => number): void {
    this.pause();
    this.position = from;
    let shown = -1;
    this.before = performance.now();
    const tick = (now: number): void => {
      this.position += (Math.max(now - this.before, 0) / 1000) * RATE * speed();
      this.before = now;
      this.request = requestAnimationFrame(tick);
      const frame = Math.floor(this.position);
      if (frame === shown) return;
      shown = frame;
      if (!this.step(frame)) this.pause();
    };
    this.request = requestAnimationFrame(tick);
  }

  pause(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
  }
}
