// What every view is: something that draws a frame of a film into a host element and reports what the reader does.
import type { Film } from "./film";

/** The features the reader points at (`hovered`) and has chosen to keep (`pinned`), by index. */
export interface SelectionState {
  hovered: number | null;
  pinned: number[];
}

/** Reports from a view. A view never changes the selection or the frame itself: it asks, its owner decides and answers. */
export interface ViewEvents {
  onHover(feature: number | null): void;
  onPin(feature: number): void;
  onClear(): void;
  onFrame(frame: number): void;
}

export interface View {
  update(film: Film, frame: number): void;
  select(selection: SelectionState): void;
  destroy(): void;
}

export type ViewFactory = (host: HTMLElement, events: ViewEvents) => View;
