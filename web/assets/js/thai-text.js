// diagram-js breaks labels at spaces only and otherwise cuts inside a Thai grapheme. This module
// breaks Thai where the browser's own dictionary sees a word, before diagram-js measures the label.
const THAI = /[\u0E00-\u0E7F]/;
const LABEL_WIDTH = 110; // px of a label outside its shape: narrower would stack Thai words singly

const words = new Intl.Segmenter("th", { granularity: "word" });
const pen = document.createElement("canvas").getContext("2d");

function breakLine(line, width) {
  const lines = [];
  let current = "";
  for (const { segment } of words.segment(line)) {
    if (current && pen.measureText(current + segment).width > width) {
      lines.push(current.trim());
      current = segment.trimStart();
    } else {
      current += segment;
    }
  }
  if (current.trim()) lines.push(current.trim());
  return lines.join("\n");
}

export function wrapThai(text, width, style) {
  if (!text || !THAI.test(text)) return text;
  pen.font = `${style.fontWeight || "normal"} ${style.fontSize || 12}px ${style.fontFamily}`;
  return text.split("\n").map((line) => breakLine(line, width)).join("\n");
}

function horizontalPadding(padding) {
  if (typeof padding === "number") return padding * 2;
  return padding ? (padding.left || 0) + (padding.right || 0) : 0;
}

function ThaiText(textRenderer) {
  const plain = textRenderer.getDefaultStyle();
  const external = textRenderer.getExternalStyle();
  const createText = textRenderer.createText.bind(textRenderer);
  const labelBounds = textRenderer.getExternalLabelBounds.bind(textRenderer);

  textRenderer.createText = (text, options = {}) => {
    const style = { ...plain, ...(options.style || {}) };
    const room = ((options.box && options.box.width) || 150) - horizontalPadding(options.padding);
    return createText(wrapThai(text, room - 2, style), options);
  };
  textRenderer.getExternalLabelBounds = (bounds, text) =>
    labelBounds(bounds, wrapThai(text, Math.max(bounds.width, LABEL_WIDTH), external));
}
ThaiText.$inject = ["textRenderer"];

export const thaiTextModule = { __init__: ["thaiText"], thaiText: ["type", ThaiText] };
export const textRenderer = {
  defaultStyle: { fontFamily: "Sarabun, sans-serif", fontSize: 13, lineHeight: 1.35 },
  externalStyle: { fontFamily: "Sarabun, sans-serif", fontSize: 12.5, lineHeight: 1.3 },
};
export const fontReady = () => document.fonts.load("13px Sarabun", "ก");
