// The keyboard. Keys that the focused element needs for itself stay with it.
import type { Instrument } from "./instrument";

export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ["Space", "play or pause the training"],
  ["← →", "one frame back or forward"],
  ["Home End", "first frame, trained model"],
  ["1 – 9", "presets of the section shown"],
  ["Page Down, Page Up", "next preset of the paper, the one before"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo a setting"],
  ["Esc", "clear the pinned features"],
  ["?", "show or hide this list"],
];

/** Handles a key press; true when it was one of ours. */
export function pressKey(event: KeyboardEvent, instrument: Instrument, help: () => void): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return false;
  const element = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey) return undoKey(event, element, instrument);
  const action = actionOf(event.key, instrument, help);
  if (!action || needs(element, event.key)) return false;
  action();
  return true;
}

/** Space plays, also from inside a picture, where it would pin a feature otherwise: Enter does that as well. */
export function playFromPicture(event: KeyboardEvent, instrument: Pick<Instrument, "togglePlay">): void {
  if (event.key !== " " || !(event.target instanceof HTMLCanvasElement)) return;
  event.preventDefault();
  event.stopPropagation();
  instrument.togglePlay();
}

function undoKey(event: KeyboardEvent, element: HTMLElement, instrument: Instrument): boolean {
  const key = event.key.toLowerCase();
  if ((key !== "z" && key !== "y") || isNumberInput(element)) return false;
  if (key === "y" || event.shiftKey) instrument.redo();
  else instrument.undo();
  return true;
}

function actionOf(key: string, instrument: Instrument, help: () => void): (() => void) | undefined {
  if (/^[1-9]$/.test(key)) return () => instrument.choosePreset(Number(key) - 1);
  const actions: Record<string, () => void> = {
    " ": () => instrument.togglePlay(),
    ArrowLeft: () => instrument.step(-1),
    ArrowRight: () => instrument.step(1),
    Home: () => instrument.scrub(0),
    End: () => instrument.scrub(Infinity),
    Escape: () => instrument.clearSelection(),
    PageDown: () => instrument.stepPreset(1),
    PageUp: () => instrument.stepPreset(-1),
    "?": help,
  };
  return actions[key];
}

/** True when the element has a use of its own for the key. */
function needs(element: HTMLElement, key: string): boolean {
  if (key === "Escape" || key === "?") return false;
  if (isNumberInput(element) || element instanceof HTMLSelectElement) return true;
  if (element instanceof HTMLInputElement) return key !== " " && !/^[1-9]$/.test(key); // a range
  return key === " " && element instanceof HTMLButtonElement;
}

function isNumberInput(element: HTMLElement): boolean {
  return element instanceof HTMLInputElement && element.type === "number";
}
