// The replay player: what the page does with plain links, without loading the page anew. Every step
// comes from the server as it is shown; nothing about the case is worked out here.
const player = document.querySelector("[data-player]");
const stage = document.getElementById("stage");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 1400; // ms a step stays while playing
const kept = new Map(); // address -> promise of a fragment
let timer = null;
let view = null; // what part of which picture is looked at

// ── steps ──────────────────────────────────────────────────────────────────────────────────────

function fetchPart(url) {
  const address = new URL(url, location.href);
  address.searchParams.set("part", "1");
  if (!kept.has(address.href)) {
    const answer = fetch(address, { credentials: "same-origin" }).then((found) => {
      if (!found.ok || found.redirected) throw new Error(String(found.status));
      return found.text();
    });
    answer.catch(() => kept.delete(address.href));
    kept.set(address.href, answer);
    if (kept.size > 40) kept.delete(kept.keys().next().value);
  }
  return kept.get(address.href);
}

async function go(url, { push = true } = {}) {
  let html;
  try {
    html = await fetchPart(url);
  } catch {
    location.assign(url); // signed out, or the step is gone: let the page say so
    return;
  }
  const focused = document.activeElement?.dataset?.go;
  stage.innerHTML = html;
  if (push) history.pushState(null, "", url);
  settle();
  if (focused) stage.querySelector(`[data-go="${focused}"]`)?.focus({ preventScroll: true });
  const next = link("next");
  if (next) fetchPart(next.href).catch(() => {});
}

const link = (name) => stage.querySelector(`a[data-go="${name}"]`);

function settle() {
  const article = stage.querySelector("article");
  for (const each of player.querySelectorAll("#events a[aria-current]")) each.removeAttribute("aria-current");
  const here = player.querySelector(`#events a[data-seq="${article.dataset.seq}"]`);
  if (here) {
    here.setAttribute("aria-current", "step");
    const list = document.getElementById("events");
    const top = here.offsetTop - list.offsetTop - list.clientHeight / 2 + here.clientHeight / 2;
    list.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
  }
  const place = stage.querySelector(".transport-place").textContent.trim().replace(/\s+/g, " ");
  const title = document.getElementById("step-title").textContent.trim().replace(/\s+/g, " ");
  document.getElementById("announce").textContent = `${place}: ${title}`;
  showPlaying();
  showPicture(article);
  for (const row of stage.querySelectorAll(".rules .is-matched")) {
    const box = row.closest(".rules");
    box.scrollTop = row.offsetTop - box.clientHeight / 3;
  }
}

// ── playing ────────────────────────────────────────────────────────────────────────────────────

function showPlaying() {
  const button = stage.querySelector('[data-go="play"]');
  button.hidden = false;
  button.setAttribute("aria-label", timer ? player.dataset.pause : player.dataset.play);
  button.classList.toggle("is-playing", Boolean(timer));
}

function pause() {
  clearTimeout(timer);
  timer = null;
  showPlaying();
}

function play() {
  timer = setTimeout(async () => {
    const next = link("next");
    if (!next) return pause();
    await go(next.href);
    if (timer) play();
  }, PACE);
  showPlaying();
}

async function start() {
  timer = true;
  showPlaying();
  const next = link("next") || link("first");
  if (!next) return pause();
  await go(next.href);
  if (timer) play();
}

const acts = { play: () => (timer ? pause() : start()) };

player.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const target = event.target.closest("[data-go], #events a");
  if (!target) return;
  event.preventDefault();
  if (acts[target.dataset.go]) return acts[target.dataset.go]();
  pause();
  go(target.href);
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, summary")) return;
  if (event.target.closest(".diagram-still, .table-scroll, .events") && !["Home", "End", " "].includes(event.key)) {
    if (event.key.startsWith("Arrow") && !event.target.closest(".events")) return; // they scroll there
  }
  const name = { Home: "first", End: "last", ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (name) {
    event.preventDefault();
    pause();
    const target = link(name);
    if (target) go(target.href);
  } else if (event.key === " " && !event.target.closest("a, button")) {
    event.preventDefault();
    acts.play();
  }
});

addEventListener("popstate", () => { pause(); go(location.href, { push: false }); });

// ── the picture ────────────────────────────────────────────────────────────────────────────────

function showPicture(article) {
  const frame = article.querySelector(".stage-picture");
  if (!frame) return;
  const svg = frame.querySelector("svg");
  frame.classList.add("is-stage");
  const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const whole = { x, y, width, height };
  const focus = boxOf(svg, article.dataset.focus);
  if (!view || view.picture !== frame.dataset.picture) {
    view = { picture: frame.dataset.picture, ...opening(frame, whole, focus) };
  } else if (focus && !isSeen(focus)) {
    follow(focus);
  }
  const picture = { frame, svg, whole };
  svg.dataset.whole = svg.getAttribute("viewBox");
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  apply(picture);
  addTools(picture);
  addDragging(picture);
  if (!calm.matches && article.dataset.flow) travel(svg, article.dataset.flow);
}

function boxOf(svg, id) {
  const element = id && svg.querySelector(`[data-element="${CSS.escape(id)}"]`);
  return element ? element.getBBox() : null;
}

function ratio(frame) {
  const still = frame.querySelector(".diagram-still");
  return still.clientHeight / still.clientWidth;
}

// Letters as large as they are drawn, around what is spoken of; a small picture is shown whole.
function opening(frame, whole, focus) {
  const width = Math.min(whole.width, Math.max(760, frame.clientWidth * 1.15));
  const height = width * ratio(frame);
  const middle = focus || { x: whole.x, y: whole.y, width, height: whole.height };
  return inside({ x: middle.x + middle.width / 2 - width / 2, y: middle.y + middle.height / 2 - height / 2, width, height }, whole);
}

function inside(box, whole) {
  const between = (value, low, high) => (high < low ? (low + high) / 2 : Math.min(Math.max(value, low), high));
  return {
    ...box,
    x: between(box.x, whole.x, whole.x + whole.width - box.width),
    y: between(box.y, whole.y, whole.y + whole.height - box.height),
  };
}

function isSeen(box) {
  const edge = 40;
  return box.x > view.x + edge && box.y > view.y + edge / 2
    && box.x + box.width < view.x + view.width - edge
    && box.y + box.height < view.y + view.height - edge / 2;
}

function follow(box) {
  view.x = box.x + box.width / 2 - view.width / 2;
  view.y = box.y + box.height / 2 - view.height / 2;
}

function apply({ svg, whole }) {
  Object.assign(view, inside(view, whole));
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

function zoom(picture, factor) {
  const width = Math.min(Math.max(view.width * factor, 300), picture.whole.width * 1.5);
  const height = width * ratio(picture.frame);
  view = { ...view, x: view.x + (view.width - width) / 2, y: view.y + (view.height - height) / 2, width, height };
  apply(picture);
}

function fit(picture) {
  const shape = ratio(picture.frame);
  const width = Math.max(picture.whole.width, picture.whole.height / shape);
  view = { ...view, x: picture.whole.x, y: picture.whole.y, width, height: width * shape };
  apply(picture);
}

function addTools(picture) {
  const { frame } = picture;
  const bar = document.createElement("div");
  bar.className = "diagram-tools";
  for (const [sign, label, act] of [
    ["+", frame.dataset.zoomIn, () => zoom(picture, 0.8)],
    ["−", frame.dataset.zoomOut, () => zoom(picture, 1.25)],
    ["⤢", frame.dataset.zoomFit, () => fit(picture)],
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

function addDragging(picture) {
  const still = picture.frame.querySelector(".diagram-still");
  let from = null;
  still.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") return;
    from = { x: event.clientX, y: event.clientY, view: { ...view } };
    still.setPointerCapture(event.pointerId);
  });
  still.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = view.width / still.clientWidth;
    view.x = from.view.x - (event.clientX - from.x) * scale;
    view.y = from.view.y - (event.clientY - from.y) * scale;
    apply(picture);
  });
  for (const name of ["pointerup", "pointercancel"]) still.addEventListener(name, () => { from = null; });
  still.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // the wheel alone scrolls the page, as everywhere else
    event.preventDefault();
    zoom(picture, event.deltaY > 0 ? 1.1 : 0.9);
  }, { passive: false });
  still.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    view.x += move[0] * view.width * 0.12;
    view.y += move[1] * view.height * 0.12;
    apply(picture);
  });
}

// The token runs along the flow it came by.
function travel(svg, flow) {
  const path = svg.querySelector(`[data-flow="${CSS.escape(flow)}"]`);
  const token = path && document.createElementNS("http://www.w3.org/2000/svg", "circle");
  if (!token) return;
  token.setAttribute("r", "9");
  token.setAttribute("class", "pic-token-ground");
  svg.append(token);
  const length = path.getTotalLength();
  const began = performance.now();
  const lasts = 450;
  function move(now) {
    const part = Math.min(1, (now - began) / lasts);
    const place = path.getPointAtLength(length * part);
    token.setAttribute("cx", place.x);
    token.setAttribute("cy", place.y);
    if (part < 1 && token.isConnected) requestAnimationFrame(move);
    else token.remove();
  }
  requestAnimationFrame(move);
}

// Paper shows the whole picture.
addEventListener("beforeprint", () => {
  const svg = stage.querySelector(".stage-picture svg");
  if (svg) svg.setAttribute("viewBox", svg.dataset.whole);
});
addEventListener("afterprint", () => {
  const svg = stage.querySelector(".stage-picture svg");
  if (svg && view) svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
});

settle();
document.documentElement.dataset.player = "ready";
