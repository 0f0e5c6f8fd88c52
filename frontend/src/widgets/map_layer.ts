// A layer over a chart that knows the cells of its map: pointing shows their numbers, a click or the arrow keys choose
// one, a drag marks a region. One model may lie over several charts of the same cells: what is pointed at in one is
// shown in all.
import "../maps/map_layer.css";
import { layerView, type LayerView, type Model } from "../maps/layer_view";
import { sayReady } from "../shared/ready";
import "../shared/theme.css";

export default () => {
  const views = new Set<LayerView>();
  return {
    initialize({ model }: { model: Model }) {
      sayReady(model);
    },
    render({ model, el }: { model: Model; el: HTMLElement }) {
      const view = layerView(model, el, (cell) => {
        for (const other of views) other.mark(cell);
      });
      views.add(view);
      return () => {
        views.delete(view);
        view.destroy();
      };
    },
  };
};
