// Writes small traits (frame, hovered, pinned). The page sees each at once; the kernel is told a few times a second,
// so that a playing film does not flood it. Nothing else is ever saved from here: a film is never sent back.
import type { Model } from "./model";

const INTERVAL_MS = 150;

export class Synced {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly model: Model) {}

  write(name: string, value: unknown): void {
    if (this.model.get(name) === value) return;
    this.model.set(name, value);
    this.timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.model.save_changes();
  }
}
