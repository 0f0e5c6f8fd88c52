import type { Snapshot } from "./instrument";

/** A part of the instrument's face: an element, and how it shows the state. */
export interface Panel {
  element: HTMLElement;
  show(snapshot: Snapshot): void;
}
