// A drawn picture to look at closely: drag, zoom, follow what is spoken of. The drawing itself comes
// from the server; only what part of it is seen is decided here.
export class Picture {
  // `before` is the picture shown until now: of the same diagram, the eye stays where it was.
  constructor(frame, { focus = "", before = null } = {}) {
    this.frame = frame;
    this.still = frame.querySelector(".diagram-still");
    this.svg = frame.querySelector("svg");
    const [x, y, width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { x, y, width, height };
    this.svg.removeAttribute("width");
    this.svg.removeAttribute("height");
    frame.classList.add("is-stage");
    const place = this.boxOf(focus);
    if (before && before.frame.dataset.picture === frame.dataset.picture) {
      this.box = before.box;
      if (place && !this.sees(place)) this.centre(place);
    } else if (frame.dataset.whole !== undefined) {
      this.fit();
    } else {
      this.open(place);
    }
    this.apply();
    this.addTools();
    this.listen();
  }

  get ratio() {
    return this.still.clientHeight / this.still.clientWidth;
  }

  boxOf(id) {
    const element = id && this.svg.querySelector(`[data-element="${CSS.escape(id)}"]`);
    return element ? element.getBBox() : null;
  }

  // Letters as large as they are drawn, around what is spoken of; a small picture is shown whole.
  open(place) {
    const width = Math.min(this.whole.width, Math.max(760, this.frame.clientWidth * 1.15));
    this.box = { x: this.whole.x, y: this.whole.y, width, height: width * this.ratio };
    if (place) this.centre(place);
  }

  fit() {
    const width = Math.max(this.whole.width, this.whole.height / this.ratio);
    this.box = { x: this.whole.x, y: this.whole.y, width, height: width * this.ratio };
  }

  centre(place) {
    this.box.x = place.x + place.width / 2 - this.box.width / 2;
    this.box.y = place.y + place.height / 2 - this.box.height / 2;
  }

  sees(place) {
    const [side, top] = [40, 20];
    return place.x > this.box.x + side && place.y > this.box.y + top
      && place.x + place.width < this.box.x + this.box.width - side
      && place.y + place.height < this.box.y + this.box.height - top;
  }

  zoom(factor) {
    const width = Math.min(Math.max(this.box.width * factor, 300), this.whole.width * 1.5);
    const height = width * this.ratio;
    const { x, y } = this.box;
    this.box = { x: x + (this.box.width - width) / 2, y: y + (this.box.height - height) / 2, width, height };
    this.apply();
  }

  move(x, y) {
    this.box.x += x;
    this.box.y += y;
    this.apply();
  }

  apply() {
    const between = (value, low, high) => (high < low ? (low + high) / 2 : Math.min(Math.max(value, low), high));
    const { whole, box } = this;
    box.x = between(box.x, whole.x, whole.x + whole.width - box.width);
    box.y = between(box.y, whole.y, whole.y + whole.height - box.height);
    this.show(box);
  }

  show({ x, y, width, height }) {
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  addTools() {
    const words = this.frame.dataset;
    const bar = document.createElement("div");
    bar.className = "diagram-tools";
    for (const [sign, label, act] of [
      ["+", words.zoomIn, () => this.zoom(0.8)],
      ["−", words.zoomOut, () => this.zoom(1.25)],
      ["⤢", words.zoomFit, () => { this.fit(); this.apply(); }],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      bar.append(button);
    }
    this.frame.append(bar);
  }

  listen() {
    const { still } = this;
    let from = null;
    still.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") return; // a finger scrolls the page
      from = { x: event.clientX, y: event.clientY };
      still.setPointerCapture(event.pointerId);
    });
    still.addEventListener("pointermove", (event) => {
      if (!from) return;
      const scale = this.box.width / still.clientWidth;
      this.move((from.x - event.clientX) * scale, (from.y - event.clientY) * scale);
      from = { x: event.clientX, y: event.clientY };
    });
    for (const name of ["pointerup", "pointercancel"]) still.addEventListener(name, () => { from = null; });
    still.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // the wheel alone scrolls the page, as everywhere else
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.1 : 0.9);
    }, { passive: false });
    still.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.move(way[0] * this.box.width * 0.12, way[1] * this.box.height * 0.12);
    });
    // Paper shows the whole picture.
    addEventListener("beforeprint", () => this.show(this.whole));
    addEventListener("afterprint", () => this.show(this.box));
  }
}
