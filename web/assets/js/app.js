// What every page gains where JavaScript runs. Without it every page still works.
import htmx from "htmx.org";
import "./passkey.js";
import "./redraw.js";

// The content security policy forbids inline styles and evaluation: htmx must not try either.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;

document.documentElement.classList.add("js");

const actions = {
  print: () => window.print(),
  copy: async (button) => {
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.textContent.replace(/\s+/g, ""));
    announce(button, button.dataset.done);
  },
};

function announce(button, words) {
  const before = button.textContent;
  button.textContent = words;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { button.textContent = before; }, 2500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  const action = button && actions[button.dataset.action];
  if (action) {
    event.preventDefault();
    action(button);
  }
});

// A second press of the same button must not send the same thing twice; the server refuses it too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.repeatable !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

// Coming back with the browser's Back button, the form must be usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// A tracking code is sixteen digits: group them while typing, accept Thai digits and pasted dashes.
for (const input of document.querySelectorAll("input[data-tracking-code]")) {
  input.addEventListener("input", () => {
    const digits = input.value
      .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50))
      .replace(/\D/g, "")
      .slice(0, 16);
    input.value = digits.replace(/(\d{4})(?=\d)/g, "$1 ");
  });
}

// Names and sizes of chosen files. Listened to on the page: a redrawn form has new lists.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file") return;
  let list = input.parentElement.querySelector(".file-list");
  if (!list) {
    list = document.createElement("ul");
    list.className = "file-list";
    input.after(list);
  }
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${(file.size / 1048576).toFixed(1)} MB`;
    return item;
  }));
});

// What went wrong is the first thing to be read after a page was refused.
document.querySelector("[role=alert]")?.focus();

document.documentElement.dataset.ready = "yes";
