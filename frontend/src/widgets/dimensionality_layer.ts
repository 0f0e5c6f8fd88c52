// The points of a dimensionality plot, over the axes and lines that a chart draws below.
import { layerView } from "../dimensionality/layer_view";
import "../maps/map_layer.css";
import { sayReady } from "../shared/ready";
import type { Model } from "../shared/standalone";
import "../shared/theme.css";

export default {
  initialize: ({ model }: { model: Model }) => sayReady(model),
  render: ({ model, el }: { model: Model; el: HTMLElement }) => layerView(model, el),
};
