import { widgetOf } from "../shared/standalone";
import { featureGeometry } from "../views/feature_geometry";

export default widgetOf(featureGeometry);
