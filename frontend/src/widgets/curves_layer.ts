// The values of curves, over the chart that draws their lines.
import { layerView } from "../curves/layer_view";
import "../maps/map_layer.css";
import { sayReady } from "../shared/ready";
import type { Model } from "../shared/standalone";
import "../shared/theme.css";

export default {
  initialize: ({ model }: { model: Model }) => sayReady(model),
  render: ({ model, el }: { model: Model; el: HTMLElement }) => layerView(model, el),
};
