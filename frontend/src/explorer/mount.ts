// One view of an instrument: its panels in their places, its keys, and its end.
import { controls } from "./controls";
import { h } from "./dom";
import { header } from "./header";
import { helpDialog } from "./help";
import type { Instrument } from "./instrument";
import { playFromPicture, pressKey } from "./keys";
import { seeds } from "./seeds";
import { stage } from "./stage";
import { caption, engine, notice, progress } from "./status";
import { transport } from "./transport";

/** Shows the instrument in `host`; returns what takes it away again. */
export function mount(instrument: Instrument, host: HTMLElement): () => void {
  const help = helpDialog();
  const views = stage(instrument);
  const { geometry, matrix, stack, loss } = views.panels;
  const parts = {
    header: header(instrument, help.toggle),
    controls: controls(instrument),
    caption: caption(),
    notice: notice(),
    progress: progress(instrument),
    engine: engine(),
    transport: transport(instrument),
    seeds: seeds(instrument),
  };
  const film = h("div", { class: "tmsx-film" }, parts.transport.element, loss!.element);
  const main = h(
    "div",
    { class: "tmsx-main" },
    h("div", { class: "tmsx-say" }, parts.caption.element, parts.notice.element),
    h("div", { class: "tmsx-views" }, geometry!.element, matrix!.element, stack!.element, film),
  );
  const status = h("div", { class: "tmsx-status" }, parts.engine.element, parts.progress.element);
  const settings = h("div", { class: "tmsx-settings" }, parts.controls.element, status);
  const body = h("div", { class: "tmsx-body" }, settings, main, parts.seeds.element);
  const root = h(
    "div",
    { class: "tms tmsx", role: "group", "aria-label": "Superposition explorer", tabindex: -1, "data-lm-suppress-shortcuts": "true" },
    parts.header.element,
    body,
    help.element,
  );
  root.addEventListener("keydown", (event) => {
    const handled = (event.key === "Escape" && help.close()) || pressKey(event, instrument, help.toggle);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("keydown", (event) => playFromPicture(event, instrument), { capture: true });
  host.append(root);

  const panels = [...Object.values(parts), ...Object.values(views.panels)];
  const unsubscribe = instrument.subscribe((snapshot) => {
    root.setAttribute("aria-busy", String(snapshot.busy));
    for (const panel of panels) panel.show(snapshot);
  });
  const forget = watchSight(instrument);
  return () => {
    forget();
    unsubscribe();
    views.destroy();
    root.remove();
  };
}

/** Tells the instrument whether this view can be seen; a hidden tab asks for nothing. */
function watchSight(instrument: Instrument): () => void {
  let seen = false;
  const tell = (visible: boolean): void => {
    if (visible !== seen) instrument.look(visible ? 1 : -1);
    seen = visible;
  };
  const check = (): void => tell(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", check);
  check();
  return () => {
    document.removeEventListener("visibilitychange", check);
    tell(false);
  };
}
