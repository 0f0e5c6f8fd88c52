import { widgetOf } from "../shared/standalone";
import { lossCurve } from "../views/loss_curve";

export default widgetOf(lossCurve);
