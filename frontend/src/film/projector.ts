// Moves through a film: its buttons, its keys and its clock, for a picture that shows one frame at a time.
import { playFromPicture } from "../explorer/keys";
import { Player } from "../explorer/player";
import { transport } from "../explorer/transport";
import "../explorer/transport.css";
import type { Film } from "../shared/film";
import type { ViewEvents } from "../shared/view";

export interface Projector {
  element: HTMLElement;
  /** Shows a frame by hand; a playing film stops there. */
  scrub(frame: number): void;
  /** Hears which frame is on the screen, whoever put it there. */
  follow(film: Film, frame: number): void;
  destroy(): void;
}

/** Makes the buttons, and lets `root` hear the keys: Space, arrows, Home, End, Escape. */
export function projector(root: HTMLElement, events: ViewEvents): Projector {
  let film: Film | null = null;
  let frame = 0;
  let wanted = 0;
  let speed = 1;
  const last = (): number => (film?.length ?? 1) - 1;
  const want = (to: number): void => {
    wanted = Math.min(Math.max(Math.trunc(to), 0), last());
    if (wanted !== frame) events.onFrame(wanted);
  };
  const player = new Player((to) => {
    want(to);
    if (wanted >= last()) queueMicrotask(refresh); // the player has stopped by then
    return wanted < last();
  });
  const scrub = (to: number): void => {
    player.pause();
    want(to);
    refresh();
  };
  const controls = {
    scrub,
    step: (by: number) => scrub(frame + by),
    togglePlay: () => {
      if (player.playing) player.pause();
      else if (last() > 0) player.play(frame >= last() ? 0 : frame, () => speed);
      refresh();
    },
    setSpeed: (to: number) => {
      speed = to;
      refresh();
    },
  };
  const buttons = transport(controls);
  function refresh(): void {
    buttons.show({ film, frame, playing: player.playing, speed });
  }

  const keys: Record<string, () => void> = {
    " ": controls.togglePlay,
    ArrowLeft: () => controls.step(-1),
    ArrowRight: () => controls.step(1),
    Home: () => scrub(0),
    End: () => scrub(last()),
    Escape: () => events.onClear(),
  };
  const press = (event: KeyboardEvent): void => {
    const action = keys[event.key];
    const element = event.target as HTMLElement;
    const own = element instanceof HTMLSelectElement || (event.key === " " && element instanceof HTMLButtonElement);
    if (!action || own || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const playFirst = (event: KeyboardEvent): void => playFromPicture(event, controls);
  const listening = new AbortController();
  root.addEventListener("keydown", press, { signal: listening.signal });
  root.addEventListener("keydown", playFirst, { signal: listening.signal, capture: true });

  return {
    element: buttons.element,
    scrub,
    follow: (next, at) => {
      if (next !== film || (player.playing && at !== wanted)) player.pause();
      [film, frame] = [next, at];
      refresh();
    },
    destroy: () => {
      player.pause();
      listening.abort();
    },
  };
}
