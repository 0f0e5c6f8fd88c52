// Play, pause, step and speed, and which step of the training is on the screen.
import { h, icon, iconButton, setText } from "./dom";
import type { Instrument, Snapshot } from "./instrument";
import { short } from "../shared/words";
import { lossText } from "./settings";

const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** Whatever has a film to move through. */
export type Projector = Pick<Instrument, "scrub" | "step" | "togglePlay" | "setSpeed">;

export interface Transport {
  element: HTMLElement;
  show(state: Pick<Snapshot, "film" | "frame" | "playing" | "speed">): void;
}

export function transport(instrument: Projector): Transport {
  const first = iconButton("first", "First frame (Home)", () => instrument.scrub(0));
  const back = iconButton("back", "One frame back (←)", () => instrument.step(-1));
  const play = iconButton("play", "Play the training (Space)", () => instrument.togglePlay());
  const forward = iconButton("forward", "One frame forward (→)", () => instrument.step(1));
  const last = iconButton("last", "Trained model (End)", () => instrument.scrub(Infinity));
  const speed = h(
    "select",
    { class: "tmsx-input tmsx-speed", title: "Speed of playing", "aria-label": "Speed of playing" },
    ...SPEEDS.map((x) => h("option", { value: x, ...(x === 1 ? { selected: true } : {}) }, `${short(x)}×`)),
  );
  const where = h("span", { class: "tmsx-where" });
  play.classList.add("tmsx-play");
  speed.addEventListener("change", () => instrument.setSpeed(Number(speed.value)));
  return {
    element: h(
      "div",
      { class: "tmsx-transport", role: "group", "aria-label": "Training film" },
      first, back, play, forward, last, speed, where,
    ),
    show(snapshot) {
      const { film, frame, playing } = snapshot;
      const end = (film?.length ?? 1) - 1;
      first.disabled = back.disabled = frame <= 0;
      last.disabled = forward.disabled = frame >= end;
      play.disabled = end === 0;
      const name = playing ? "Pause (Space)" : "Play the training (Space)";
      if (play.title !== name) {
        play.title = name;
        play.setAttribute("aria-label", name);
        play.replaceChildren(icon(playing ? "pause" : "play"));
      }
      speed.value = String(snapshot.speed);
      if (!film) return;
      const loss = film.losses?.[frame];
      const step = `step ${film.steps[frame]} of ${film.steps[end]}`;
      setText(where, loss === undefined ? step : `${step} · loss ${lossText(loss)}`);
    },
  };
}
