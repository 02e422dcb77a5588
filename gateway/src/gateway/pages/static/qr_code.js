// A QR code drawn from its rows; dark on light in every colour scheme, or no camera reads it.
const SVG = "http://www.w3.org/2000/svg";
// The margin that the standard asks for, in squares.
const MARGIN = 4;

export function qrCode(rows, label) {
  const size = rows.length + 2 * MARGIN;
  const picture = element("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr" });
  const dark = rows.flatMap((row, y) => [...row].flatMap((square, x) => (square === "1" ? [`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`] : [])));
  picture.append(element("rect", { width: size, height: size, fill: "#fff" }), element("path", { d: dark.join(""), fill: "#000" }));
  return picture;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
