// The living picture of a process: replaces the static one with a viewer to pan and zoom, and marks
// where the case stands, the way it came, and what a check found.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { fontReady, textRenderer, thaiTextModule } from "./thai-text.js";

function viewerIn(container) {
  return new NavigatedViewer({
    container,
    textRenderer,
    additionalModules: [thaiTextModule],
    // The wheel scrolls the page, as everywhere else; the picture zooms by its buttons.
    zoomScroll: { enabled: false },
  });
}

function markStates(viewer, { visited = [], standing = [] }) {
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  for (const id of visited) if (known.get(id)) canvas.addMarker(id, "is-visited");
  for (const id of standing) if (known.get(id)) canvas.addMarker(id, "is-standing");
}

function markFindings(viewer, { findings = [] }) {
  for (const { element, severity, text } of findings) {
    if (!viewer.get("elementRegistry").get(element)) continue;
    viewer.get("canvas").addMarker(element, `has-${severity}`);
    const flag = document.createElement("span");
    flag.className = `finding-flag finding-${severity}`;
    flag.textContent = "!";
    flag.title = text;
    viewer.get("overlays").add(element, { position: { top: -14, right: 14 }, html: flag });
  }
}

function addTools(viewer, frame) {
  const canvas = viewer.get("canvas");
  const zoom = viewer.get("zoomScroll");
  const bar = document.createElement("div");
  bar.className = "diagram-tools";
  for (const [sign, label, act] of [
    ["+", frame.dataset.zoomIn, () => zoom.stepZoom(1)],
    ["−", frame.dataset.zoomOut, () => zoom.stepZoom(-1)],
    ["⤢", frame.dataset.zoomFit, () => canvas.zoom("fit-viewport", "auto")],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
  }
  frame.append(bar);
}

async function diagramXml(frame) {
  // An upload that was only checked lies in the page; a deployed file has an address.
  if (frame.dataset.diagramSource) return document.getElementById(frame.dataset.diagramSource).value;
  const answer = await fetch(frame.dataset.diagramUrl, { credentials: "same-origin" });
  return answer.text();
}

async function show(frame) {
  const canvas = document.createElement("div");
  canvas.className = "diagram-canvas";
  frame.prepend(canvas);
  const viewer = viewerIn(canvas);
  await viewer.importXML(await diagramXml(frame));
  const marks = JSON.parse(frame.dataset.marks || "{}");
  markStates(viewer, marks);
  markFindings(viewer, marks);
  addTools(viewer, frame);
  // The drawn picture stays in the page for paper.
  frame.classList.add("is-live");
  viewer.get("canvas").zoom("fit-viewport", "auto");
}

async function showAll() {
  await fontReady();
  for (const frame of document.querySelectorAll("[data-diagram-url], [data-diagram-source]")) await show(frame);
  document.documentElement.dataset.diagrams = "shown";
}

showAll();
