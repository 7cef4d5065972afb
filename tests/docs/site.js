// Opens every page at every width in a frame of that width, and reports what is wrong with them.
const WIDTHS = [360, 1280];

function overflowing(page) {
  const width = page.documentElement.clientWidth;
  const within = (element) => element && (getComputedStyle(element).overflowX !== "visible" || within(element.parentElement));
  return [...page.querySelectorAll(".md-content *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !within(element.parentElement))
    .map((element) => `${element.tagName.toLowerCase()} ${element.textContent.trim().slice(0, 40)}`);
}

function drawn(page) {
  return [...page.querySelectorAll("pre.diagram")].every((diagram) => diagram.querySelector("svg"));
}

async function look(path, width) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { src: path, width, height: 900 });
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
  document.body.append(frame);
  await loaded;
  const page = frame.contentDocument;
  for (let tries = 0; tries < 200 && !drawn(page); tries++) await new Promise((next) => setTimeout(next, 50));
  const wide = page.documentElement.scrollWidth > page.documentElement.clientWidth;
  const found = {
    path,
    width,
    title: page.title,
    overflowing: wide ? overflowing(page).concat("the page itself") : overflowing(page),
    images: [...page.images].filter((image) => !image.complete || image.naturalWidth === 0).map((image) => image.src),
    diagrams: drawn(page) && !page.querySelector("svg[aria-roledescription=error]"),
    strangers: frame.contentWindow.performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .filter((name) => !name.startsWith(location.origin)),
  };
  frame.remove();
  return found;
}

(async () => {
  const found = [];
  for (const path of await (await fetch("/pages.json")).json()) {
    for (const width of WIDTHS) found.push(await look(path, width));
  }
  await fetch("/report", { method: "POST", body: JSON.stringify(found) });
})();
