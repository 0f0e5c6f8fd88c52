// The controls of an ipyvolume figure, which is tied to them in the browser: the frame, and the colour of the page.
import { hasWebGL, releaseContexts, volumeBar } from "../film/volume_bar";
import { widgetOf, type Model } from "../shared/standalone";
import { onThemeChange, themeOf } from "../shared/theme";

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const webgl = hasWebGL();
  const close = widgetOf(volumeBar(webgl)).render({ model, el });
  const match = (): void => {
    const paper = themeOf(el.querySelector(".tms") ?? el).paper;
    const style = model.get("_style") as Record<string, unknown>;
    if (!paper || style["background-color"] === paper) return;
    model.set("_style", { ...style, "background-color": paper });
    model.save_changes();
  };
  match();
  const forget = onThemeChange(match);
  // The figure may leave the page before these controls do, so its pictures are noted while they are there.
  const pictures = new Set<HTMLCanvasElement>();
  const note = (): void => el.closest(".tms-volume-box")?.querySelectorAll("canvas").forEach((one) => pictures.add(one));
  const watching = setInterval(note, 500);
  if (model.get("webgl") !== webgl) {
    model.set("webgl", webgl);
    model.save_changes();
  }
  return () => {
    forget();
    clearInterval(watching);
    note();
    close();
    setTimeout(() => releaseContexts(pictures), 1000); // what is still on the page then has other controls
  };
}

export default { initialize: widgetOf(volumeBar(false)).initialize, render };
