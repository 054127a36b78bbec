// The replay player: what the page does with plain links, without loading the page anew. Every step
// comes from the server as it is shown; nothing about the case is worked out here.
import { Picture } from "./picture.js";

const player = document.querySelector("[data-player]");
const stage = document.getElementById("stage");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 1400; // ms a step stays while playing
const kept = new Map(); // address -> promise of a fragment
let timer = null;
let picture = null;

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
  picture = new Picture(frame, { focus: article.dataset.focus, before: picture });
  if (!calm.matches && article.dataset.flow) travel(picture.svg, article.dataset.flow);
}

// The token runs along the flow it came by.
function travel(svg, flow) {
  const path = svg.querySelector(`[data-flow="${CSS.escape(flow)}"]`);
  if (!path) return;
  const token = document.createElementNS("http://www.w3.org/2000/svg", "circle");
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

settle();
document.documentElement.dataset.player = "ready";
