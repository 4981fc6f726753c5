"use strict";
// Tables: a click on a header sorts by its column, numbers by value ("67.5k" is 67500, "never" comes last), a second click turns it round.
const UNITS = { k: 1e3, M: 1e6 };
function value(cell) {
  const number = cell.textContent.replaceAll(",", "").replaceAll("−", "-").match(/^[^\d-]{0,2}(-?\d+(?:\.\d+)?)([kM]?)/);
  return number ? Number(number[1]) * (UNITS[number[2]] || 1) : null;
}
for (const header of document.querySelectorAll("thead th")) {
  header.querySelector("button").addEventListener("click", () => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of header.parentElement.children) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = header.closest("table").tBodies[0], column = header.cellIndex;
    const rows = [...body.rows].map((row) => ({ row, key: value(row.cells[column]), text: row.cells[column].textContent }));
    rows.sort((a, b) => {
      if (a.key !== null && b.key !== null) return (down ? -1 : 1) * (a.key - b.key);
      if (a.key !== null || b.key !== null) return a.key === null ? 1 : -1;
      return (down ? -1 : 1) * a.text.localeCompare(b.text);
    });
    body.append(...rows.map((each) => each.row));
  });
}
// Episodes: play and pause, a step at a time by the slider; nothing moves before it is asked to.
for (const player of document.querySelectorAll(".episode")) {
  const { pictures, words } = JSON.parse(player.querySelector("script").textContent);
  const image = player.querySelector("img"), button = player.querySelector("button");
  const slider = player.querySelector("input"), said = player.querySelector("output");
  let timer = null;
  const show = (frame) => {
    image.src = pictures[frame];
    image.alt = said.textContent = words[frame];
    slider.value = frame;
    slider.setAttribute("aria-valuetext", words[frame]);
  };
  const pause = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
  button.addEventListener("click", () => {
    if (timer !== null) return pause();
    if (Number(slider.value) === pictures.length - 1) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      if (Number(slider.value) === pictures.length - 1) pause(); else show(Number(slider.value) + 1);
    }, 250);
  });
  slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
  show(0);
}
// Charts: as SVG, redrawn by Vega where the width changes.
const options = { renderer: "svg", actions: false, tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" } };
for (const place of document.querySelectorAll(".chart")) {
  vegaEmbed(place, JSON.parse(document.getElementById(place.dataset.chart).textContent), options).catch((error) => {
    place.textContent = `This chart cannot be drawn: ${error.message}`;
    console.error(error);
  });
}
