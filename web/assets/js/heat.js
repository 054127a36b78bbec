// The pictures of figures: seen whole at first, to be looked at closely.
import { Picture } from "./picture.js";

for (const frame of document.querySelectorAll(".heat-picture")) new Picture(frame);
document.documentElement.dataset.diagrams = "shown";
