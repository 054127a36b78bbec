// The process owner's drawing table: bpmn-js with the properties panel of the Camunda 8 profile.
import Modeler from "bpmn-js/lib/Modeler";
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  ZeebePropertiesProviderModule,
} from "bpmn-js-properties-panel";
import ZeebeBehaviorsModule from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { fontReady, textRenderer, thaiTextModule } from "./thai-text.js";

function modelerIn(frame) {
  return new Modeler({
    container: frame.querySelector(".modeler-canvas"),
    propertiesPanel: { parent: frame.querySelector(".modeler-panel") },
    textRenderer,
    additionalModules: [
      thaiTextModule,
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      ZeebeBehaviorsModule,
    ],
    moddleExtensions: { zeebe },
  });
}

// The check and the deployment are ordinary forms: the drawing travels in a hidden file input,
// so that the server sees the very bytes a download would give.
async function putDrawingInto(modeler, form) {
  const { xml } = await modeler.saveXML({ format: true });
  const file = new File([xml], form.dataset.fileName, { type: "application/xml" });
  const carrier = new DataTransfer();
  carrier.items.add(file);
  form.querySelector("input[type=file]").files = carrier.files;
}

async function open(frame) {
  await fontReady();
  const modeler = modelerIn(frame);
  const answer = await fetch(frame.dataset.modelerUrl, { credentials: "same-origin" });
  await modeler.importXML(await answer.text());
  modeler.get("canvas").zoom("fit-viewport", "auto");
  for (const form of document.querySelectorAll("form[data-carries-drawing]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await putDrawingInto(modeler, form);
      form.submit();
    });
  }
  document.querySelector("[data-download-drawing]").addEventListener("click", async (event) => {
    const { xml } = await modeler.saveXML({ format: true });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    link.download = event.currentTarget.dataset.fileName;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  document.documentElement.dataset.diagrams = "shown";
}

for (const frame of document.querySelectorAll("[data-modeler-url]")) open(frame);
