// Undo and redo over whole values. Steps of one gesture (the many values of one drag) count as one.

const GESTURE_MS = 900;

export class History<T> {
  private past: T[] = [];
  private future: T[] = [];
  private gesture = "";
  private last = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Remembers `before`, unless it is only the next step of the same gesture. */
  record(before: T, gesture: string): void {
    const time = this.now();
    const goesOn = gesture !== "" && gesture === this.gesture && time - this.last < GESTURE_MS;
    this.gesture = gesture;
    this.last = time;
    this.future = [];
    if (!goesOn) this.past.push(before);
  }

  undo(current: T): T | undefined {
    return this.move(this.past, this.future, current);
  }

  redo(current: T): T | undefined {
    return this.move(this.future, this.past, current);
  }

  private move(from: T[], to: T[], current: T): T | undefined {
    const value = from.pop();
    if (value !== undefined) to.push(current);
    this.gesture = "";
    return value;
  }
}
