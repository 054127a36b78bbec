// Forms whose questions depend on the answers: the server says which questions there are now, and
// the person's own page says what was answered. An answer of the server never brings a value back
// over one that stands in the page: whatever was typed while it was on its way stays.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

const CONTROLS = "input:not([type=hidden]), select, textarea";
const NAMING = ["id", "name", "for", "aria-describedby", "aria-labelledby", "value"];
// By form: what was answered to questions that are not asked at the moment; never sent.
const putAside = new WeakMap();

// By form: how often it was asked about, and how often when the request on its way was sent.
const asked = new WeakMap();
const sent = new WeakMap();

/** Ask which questions there are now: one request at a time, and of those that wait the last. */
function ask(form) {
  asked.set(form, (asked.get(form) ?? 0) + 1);
  form.setAttribute("hx-sync", "this:queue last");
  const path = form.getAttribute("action") || location.pathname + location.search;
  const values = { _action: "update" };
  htmx.ajax("POST", path, { source: form, target: form, swap: "none", values }).catch(() => {});
}

document.addEventListener("change", (event) => {
  if (event.target.form && event.target.matches(".sn-form [data-live]")) ask(event.target.form);
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  // Files go with the form when it is sent, not with each question about it.
  for (const [name, value] of [...detail.formData]) {
    if (value instanceof File) detail.formData.delete(name);
  }
  sent.set(detail.elt, asked.get(detail.elt));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt: form, isError, serverResponse } = event.detail;
  if (!isRedrawn(form)) return;
  event.detail.shouldSwap = false;
  if (sent.get(form) !== asked.get(form)) return; // it answers what is no longer so
  if (isError || !redraw(form, serverResponse)) stay(form);
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => { if (isRedrawn(detail.elt)) stay(detail.elt); });
}

function isRedrawn(form) {
  return form instanceof HTMLFormElement && form.querySelector(".sn-form") !== null;
}

/** No answer, or none with the form in it: everything stays as it is, and the person is told. */
function stay(form) {
  for (const row of form.querySelectorAll("[data-awaited]")) row.remove();
  for (const notice of form.querySelectorAll("[data-not-redrawn]")) notice.hidden = false;
}

function redraw(form, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const shown = [...form.querySelectorAll(".sn-form")];
  const answers = shown.map((part) => page.getElementById(part.id));
  if (answers.includes(null)) return false;
  let isIncomplete = false;
  shown.forEach((part, at) => {
    setAside(form, part, answers[at]);
    isIncomplete = takeOver(form, part, answers[at]) || isIncomplete;
    Idiomorph.morph(part, answers[at], { callbacks: { beforeNodeMorphed } });
    bringBackFiles(form, part);
  });
  if (isIncomplete) ask(form); // what was set aside asks for more
  return true;
}

/** A control is never written to while a person may be using it; only how it is described changes. */
function beforeNodeMorphed(shown, answer) {
  if (!(shown instanceof Element) || !shown.matches(CONTROLS) || !isSame(shown, answer)) return true;
  if (shown.tagName === "SELECT") offer(shown, answer);
  for (const { name, value } of [...answer.attributes]) {
    if (!isValue(shown, name) && shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  for (const { name } of [...shown.attributes]) {
    if (!isValue(shown, name) && !answer.hasAttribute(name)) shown.removeAttribute(name);
  }
  return false;
}

function isSame(shown, answer) {
  const is = (name) => shown.getAttribute(name) === answer.getAttribute(name);
  return shown.tagName === answer.tagName && is("name") && is("type") && (!isChoice(shown) || is("value"));
}

function isChoice(control) {
  return control.type === "radio" || control.type === "checkbox";
}

function isValue(control, attribute) {
  return attribute === "checked" || (attribute === "value" && !isChoice(control));
}

/** Other options where they differ; what was chosen stays chosen while it is offered. */
function offer(select, answer) {
  const told = (options) => [...options].map((each) => `${each.value}\n${each.text}`).join("\n\n");
  if (told(select.options) === told(answer.options)) return;
  const chosen = select.value;
  select.replaceChildren(...[...answer.options].map((each) => document.importNode(each, true)));
  if ([...select.options].some((each) => each.value === chosen)) select.value = chosen;
}

// ── what stands in the page goes into the answer ────────────────────────────────────────────────

function setAside(form, part, answer) {
  const kept = putAside.get(form) ?? new Map();
  putAside.set(form, kept);
  const asked = new Set([...answer.querySelectorAll(CONTROLS)].map((control) => control.name));
  for (const control of part.querySelectorAll(CONTROLS)) {
    if (control.name && !asked.has(control.name)) kept.set(key(control), state(control));
  }
}

/** Returns whether an answer that was set aside is shown again and others depend on it. */
function takeOver(form, part, answer) {
  const kept = putAside.get(form), shown = new Map(), names = new Set();
  for (const control of part.querySelectorAll(CONTROLS)) {
    shown.set(key(control), state(control));
    names.add(control.name);
  }
  let isLive = false;
  for (const control of answer.querySelectorAll(CONTROLS)) {
    const isBack = !names.has(control.name);
    const found = (isBack ? kept : shown).get(key(control));
    if (found === undefined || control.type === "file") continue;
    if (isBack && control.hasAttribute("data-live") && state(control) !== found) isLive = true;
    set(control, found);
    if (isBack) kept.delete(key(control));
  }
  return isLive;
}

function bringBackFiles(form, part) {
  for (const input of part.querySelectorAll("input[type=file]")) {
    const chosen = putAside.get(form).get(key(input));
    if (chosen instanceof HTMLInputElement && !input.files.length) input.replaceWith(chosen);
    putAside.get(form).delete(key(input));
  }
}

function key(control) {
  return isChoice(control) ? `${control.name}\n${control.value}` : control.name;
}

function state(control) {
  if (control.type === "file") return control; // a page may not fill one: the element itself is kept
  return isChoice(control) ? control.checked : control.value;
}

// By attributes, which every way of making an element from another one takes along.
function set(control, value) {
  if (isChoice(control)) control.toggleAttribute("checked", value);
  else if (control.tagName === "TEXTAREA") control.textContent = value;
  else if (control.tagName === "INPUT") control.setAttribute("value", value);
  else if ([...control.options].some((each) => each.value === value)) {
    for (const each of control.options) each.toggleAttribute("selected", each.value === value);
  }
}

// ── rows of a list ──────────────────────────────────────────────────────────────────────────────

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".sn-form button[name=_action]");
  const form = button?.form, list = form && button.closest(".sn-rows");
  if (!list) return;
  event.preventDefault();
  const row = button.closest(".sn-row");
  if (row && list.contains(row)) removeRow(form, list, row);
  else addRow(list, button);
  ask(form);
});

function rowsOf(list) {
  return [...list.children].filter((each) => each.matches(".sn-row"));
}

function nameOf(list) {
  return list.querySelector(":scope > input[name$='-_list']").name.replace(/-_list$/, "");
}

/** An empty row that the server's answer fills with its questions. */
function addRow(list, button) {
  const number = rowsOf(list).length, row = document.createElement("fieldset");
  const mark = document.createElement("input");
  Object.assign(row, { className: "sn-row", id: `${list.id}-${number}` });
  Object.assign(mark, { type: "hidden", name: `${nameOf(list)}-${number}-_row`, value: "1" });
  row.dataset.awaited = "";
  row.append(mark);
  button.before(row);
}

/** Take a row out; those behind it move up with everything that stands in them. */
function removeRow(form, list, row) {
  const rows = rowsOf(list), gone = rows.indexOf(row), name = nameOf(list);
  row.remove();
  rows.slice(gone + 1).forEach((each, at) => renumber(each, list.id, name, gone + 1 + at));
  moveUp(putAside.get(form), name, gone);
  list.focus({ preventScroll: true });
}

function renumber(row, id, name, from) {
  const places = [`${id}-`, `${name}-`, `remove:${dotted(name)}.`, `add:${dotted(name)}.`];
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of NAMING) {
      if (attribute === "value" && element.name !== "_action") continue;
      const words = element.getAttribute(attribute)?.split(" ") ?? [];
      const moved = words.map((word) => moveWord(word, places, from));
      if (moved.join(" ") !== words.join(" ")) element.setAttribute(attribute, moved.join(" "));
    }
  }
}

function moveWord(word, places, from) {
  const place = places.find((each) => word.startsWith(each + from));
  const rest = place && word.slice((place + from).length);
  return place && !/^\d/.test(rest) ? `${place}${from - 1}${rest}` : word;
}

function moveUp(kept, name, gone) {
  const entries = [...(kept ?? [])];
  for (const [known, value] of entries) {
    const found = known.startsWith(`${name}-`) && /^(\d+)(.*)$/s.exec(known.slice(name.length + 1));
    if (!found || Number(found[1]) < gone) continue;
    kept.delete(known);
    if (Number(found[1]) > gone) kept.set(`${name}-${found[1] - 1}${found[2]}`, value);
  }
}

function dotted(name) {
  return name.replaceAll("-", ".");
}
