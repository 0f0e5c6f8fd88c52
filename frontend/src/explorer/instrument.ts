// The state of one Explorer, shared by every view of it: settings, film, frame, selection, and what is going on.
import { decodeFilm, type Film, type FilmMeta } from "../shared/film";
import type { SelectionState } from "../shared/view";
import { Conductor } from "./conductor";
import { History } from "./history";
import type { Model } from "./model";
import { Player } from "./player";
import { fitting, matches, sameSettings, type Preset, type Settings } from "./settings";
import { Synced } from "./synced";
import type { FilmBuffer, Trainer, TrainingState } from "./trainer";

const SILENT =
  "The kernel does not answer. If it is busy, wait; if it was restarted, run this cell again. The last picture stays.";

/** One consistent picture of the instrument; a new object after every change. */
export interface Snapshot {
  settings: Settings;
  film: Film | null;
  training: TrainingState | null;
  frame: number;
  playing: boolean;
  speed: number;
  selection: SelectionState;
  /** A request, or the rest of a training, is under way. */
  busy: boolean;
  /** The reader stopped a training that was not finished. */
  cancelled: boolean;
  /** One sentence about what went wrong; empty when nothing did. */
  error: string;
  canUndo: boolean;
  canRedo: boolean;
  /** Those of the section shown; the keys 1 to 9 choose among them. */
  presets: readonly Preset[];
  section: string;
  /** Every section, in the paper's order. */
  sections: readonly string[];
}

export class Instrument {
  private settings!: Settings;
  private film: Film | null = null;
  private training: TrainingState | null = null;
  private frame = 0;
  private speed = 1;
  private selection: SelectionState = { hovered: null, pinned: [] };
  private error = "";
  private silent = false;
  private visible = 0;
  private readonly presets: readonly Preset[];
  private section: string;
  private chosen: Preset | null = null;
  private readonly initial: Settings;
  private readonly history = new History<Settings>();
  private readonly synced: Synced;
  private readonly conductor: Conductor;
  private readonly player = new Player((frame) => this.playTo(frame));
  private readonly listeners = new Set<(snapshot: Snapshot) => void>();

  constructor(
    private readonly model: Model,
    trainer: Trainer,
  ) {
    const menu = model.get("_menu") as { presets: Preset[]; section: string; initial: Settings };
    this.presets = menu.presets;
    this.initial = menu.initial;
    this.settings = menu.initial;
    this.section = this.presets[this.current]?.section ?? menu.section;
    this.synced = new Synced(model);
    this.conductor = new Conductor(trainer, {
      onReply: (reply) => this.receive(reply.state, reply.meta, reply.film),
      onError: (message) => this.fail(message),
      onSilence: (silent) => this.set(() => (this.silent = silent)),
      onActivity: () => this.publish(),
    });
    model.on("change:_state", this.adopt);
    model.on("change:frame", this.followFrame);
    model.on("change:hovered", this.followSelection);
    model.on("change:pinned", this.followSelection);
    this.adopt();
    this.followSelection();
  }

  get snapshot(): Snapshot {
    return {
      settings: this.settings,
      film: this.film,
      training: this.training,
      frame: this.frame,
      playing: this.player.playing,
      speed: this.speed,
      selection: this.selection,
      busy: this.conductor.busy,
      cancelled: this.conductor.cancelled,
      error: this.silent ? SILENT : this.error,
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
      presets: this.presets.filter((preset) => preset.section === this.section),
      section: this.section,
      sections: [...new Set(this.presets.map((preset) => preset.section))],
    };
  }

  /** Index of the preset that the settings are, of all; -1 when they are none. */
  private get current(): number {
    return this.presets.findIndex((preset) => matches(this.settings, preset));
  }

  /** A view opened, came into sight, or the reverse; training goes on only while there is one to see it. */
  look(change: 1 | -1): void {
    this.visible += change;
    this.conductor.setAwake(this.visible > 0);
    if (this.visible === 0) this.player.pause();
  }

  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.listeners.add(listener);
    listener(this.snapshot);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.player.pause();
    this.conductor.dispose();
    this.synced.flush();
    this.model.off("change:_state", this.adopt);
    this.model.off("change:frame", this.followFrame);
    this.model.off("change:hovered", this.followSelection);
    this.model.off("change:pinned", this.followSelection);
    this.listeners.clear();
  }

  // What the reader can do.

  /** Changes settings; steps with the same `gesture` in quick succession are undone together. */
  change(patch: Partial<Settings>, gesture = ""): void {
    const next = fitting({ ...this.settings, ...patch });
    if (sameSettings(next, this.settings)) return;
    this.history.record(this.settings, gesture);
    this.retrain(next);
  }

  /** Chooses a preset of the section shown. */
  choosePreset(index: number): void {
    this.take(this.snapshot.presets[index]);
  }

  /** Goes on in the paper's order: the preset after (1) or before (-1) the last one chosen. */
  stepPreset(by: 1 | -1): void {
    const found = this.current;
    const here = found >= 0 ? found : this.presets.findIndex((preset) => preset === this.chosen);
    this.take(this.presets[here < 0 ? 0 : here + by]);
  }

  /** Shows the presets of another section; nothing is trained. */
  chooseSection(section: string): void {
    this.set(() => (this.section = section));
  }

  newSeed(): void {
    const seed = Math.floor(Math.random() * 9999);
    this.change({ seed: seed < this.settings.seed ? seed : seed + 1 }); // never the same again
  }

  reset(): void {
    this.change(this.initial);
  }

  undo(): void {
    this.retrain(this.history.undo(this.settings));
  }

  redo(): void {
    this.retrain(this.history.redo(this.settings));
  }

  showSeed(instance: number): void {
    this.conductor.show(instance);
  }

  cancel(): void {
    this.conductor.cancel();
  }

  resume(): void {
    this.conductor.resume();
  }

  togglePlay(): void {
    if (!this.film) return;
    const last = this.film.length - 1;
    if (this.player.playing) this.player.pause();
    else if (last > 0) this.player.play(this.frame >= last ? 0 : this.frame, () => this.speed);
    this.publish();
  }

  setSpeed(speed: number): void {
    this.set(() => (this.speed = speed));
  }

  /** Shows a frame by hand; a playing film stops there. */
  scrub(frame: number): void {
    this.player.pause();
    this.showFrame(frame);
  }

  step(by: number): void {
    this.scrub(this.frame + by);
  }

  hover(feature: number | null): void {
    if (feature !== this.selection.hovered) this.select({ ...this.selection, hovered: feature });
  }

  /** Pins a feature, or takes the pin out again. */
  pin(feature: number): void {
    const { pinned } = this.selection;
    const next = pinned.includes(feature) ? pinned.filter((f) => f !== feature) : [...pinned, feature];
    this.select({ ...this.selection, pinned: next });
  }

  clearSelection(): void {
    this.select({ hovered: null, pinned: [] });
  }

  // What the kernel says.

  private readonly adopt = (): void => {
    const state = this.model.get("_state") as TrainingState | null;
    if (!state || state.token === undefined) return;
    if (this.training) this.history.record(this.settings, "");
    this.conductor.adopt(state.token, state.done);
    this.receive(state, this.model.get("_meta") as FilmMeta, this.model.get("_film") as FilmBuffer);
  };

  private receive(state: TrainingState, meta: FilmMeta, buffer: FilmBuffer): void {
    let film: Film;
    try {
      film = decodeFilm(meta, buffer);
    } catch (error) {
      this.fail(`The kernel's answer cannot be drawn: ${(error as Error).message}.`);
      return;
    }
    const atEnd = !this.film || this.frame >= this.film.length - 1;
    const replaces = state.token !== this.training?.token;
    this.film = film;
    this.training = state;
    this.error = "";
    if (!this.conductor.superseded && !sameSettings(state.settings, this.settings)) this.settings = state.settings;
    this.dropLostFeatures(film.n);
    if (replaces) this.player.pause();
    this.showFrame(replaces || (atEnd && !this.player.playing) ? film.length - 1 : this.frame);
  }

  private readonly followFrame = (): void => {
    const frame = this.model.get("frame");
    if (typeof frame === "number" && frame !== this.frame) this.scrub(frame);
  };

  private readonly followSelection = (): void => {
    const hovered = (this.model.get("hovered") as number | null) ?? null;
    const pinned = [...((this.model.get("pinned") as number[] | null) ?? [])];
    if (JSON.stringify({ hovered, pinned }) === JSON.stringify(this.selection)) return;
    this.set(() => (this.selection = { hovered, pinned }));
  };

  private fail(message: string): void {
    this.set(() => (this.error = message));
  }

  // How changes reach the views.

  private take(preset: Preset | undefined): void {
    if (!preset) return;
    this.chosen = preset;
    this.section = preset.section;
    this.change(preset.settings);
    this.publish(); // its section is shown even where the settings are the same
  }

  private retrain(settings: Settings | undefined): void {
    if (!settings) return;
    this.settings = settings;
    this.player.pause();
    this.conductor.train(settings);
    this.publish();
  }

  private playTo(frame: number): boolean {
    this.showFrame(frame);
    const more = this.film !== null && this.frame < this.film.length - 1;
    if (!more) queueMicrotask(() => this.publish()); // the player has stopped by then
    return more;
  }

  private showFrame(frame: number): void {
    const last = (this.film?.length ?? 1) - 1;
    const next = Math.min(Math.max(Math.trunc(frame), 0), last);
    this.frame = next;
    this.synced.write("frame", next);
    this.publish();
  }

  private select(selection: SelectionState): void {
    this.selection = selection;
    this.synced.write("hovered", selection.hovered);
    this.synced.write("pinned", selection.pinned);
    this.publish();
  }

  private dropLostFeatures(n: number): void {
    const { hovered, pinned } = this.selection;
    const kept = pinned.filter((feature) => feature < n);
    const stays = hovered === null || hovered < n;
    if (!stays || kept.length < pinned.length) this.select({ hovered: stays ? hovered : null, pinned: kept });
  }

  private set(assign: () => void): void {
    assign();
    this.publish();
  }

  private publish(): void {
    const snapshot = this.snapshot;
    for (const listener of this.listeners) listener(snapshot);
  }
}
