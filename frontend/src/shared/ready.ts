// Tells the kernel that a model is set up here: from now on it may be closed.
export function sayReady(model: { set(name: string, value: unknown): void; save_changes(): void }): void {
  model.set("_ready", true);
  model.save_changes();
}
