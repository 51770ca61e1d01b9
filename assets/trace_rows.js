/**
 * The timeline of a trace: of all rows only those in view are in the document, placed by hand in a box as high as all.
 *
 * Text and style properties only, never markup: services, operations and tags are whatever somebody sent.
 */
(function (mg) {
  "use strict";

  const HEIGHT = 26;
  const SPARE = 12;
  const INDENT = 12;
  const DEEPEST = 28;
  const FLAGS = { error: 1, errorInside: 2, problem: 4, orphan: 8, skewed: 16, foreign: 32, calls: 64 };
  const TICKS = 5;

  let drawn = new Map();
  let isAsked = false;

  const scroller = () => mg.byId("mgt-scroller");
  const sheet = () => mg.byId("mgt-rows");
  const has = (row, flag) => (mg.trace.payload().rows.flags[row] & FLAGS[flag]) !== 0;
  mg.trace.hasFlag = has;

  const share = (us) => {
    const [from, to] = mg.trace.range();
    return ((us - from) / (to - from)) * 100;
  };
  const percent = (number) => `${number.toFixed(4)}%`;
  const clipped = (number) => Math.min(100.5, Math.max(-0.5, number));

  /** An element with a class, children and attributes. */
  function make(tag, name, children = [], attributes = {}) {
    const element = document.createElement(tag);
    element.className = name;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function marks(row) {
    const words = mg.trace.payload().words;
    const found = [];
    const mark = (kind) => found.push(make("span", `mgt-mark mgt-mark-${kind}`, [], { title: words[kind], role: "img", "aria-label": words[kind] }));
    if (has(row, "error")) mark("error");
    else if (has(row, "errorInside")) mark("errorInside");
    if (has(row, "problem") || has(row, "orphan") || has(row, "skewed")) mark("problem");
    return found;
  }

  function nameCell(row) {
    const { rows, services, names, words } = mg.trace.payload();
    const inside = rows.end[row] - row - 1;
    const fold = make("span", "mgt-fold", [inside ? (mg.trace.isFolded(row) ? "▸" : "▾") : ""], { "aria-hidden": "true" });
    const calls = has(row, "calls") ? [make("span", "mgt-calls", ["→ "], { title: words.calls })] : [];
    const label = make("span", "mgt-label", [
      make("b", "mgt-service", [services[rows.service[row]]]),
      make("span", "mgt-operation", [...calls, has(row, "foreign") ? words.foreign : names[rows.name[row]]]),
    ]);
    const hidden = inside && mg.trace.isFolded(row) ? [make("small", "mgt-hidden", [`+${inside}`])] : [];
    const cell = make("div", "mgt-name", [fold, ...marks(row), label, ...hidden], { role: "gridcell" });
    cell.style.paddingLeft = `${6 + Math.min(rows.depth[row], DEEPEST) * INDENT}px`;
    return cell;
  }

  /** A piece of a lane from one instant to another; nothing where it lies outside. */
  function piece(name, from, to) {
    const left = clipped(share(from));
    const right = clipped(share(to));
    if (right < 0 || left > 100) return [];
    const element = make("span", name);
    element.style.left = percent(left);
    element.style.width = percent(Math.max(0, right - left));
    return [element];
  }

  function lane(row) {
    const { rows, path } = mg.trace.payload();
    const start = rows.start[row];
    const end = start + Math.max(0, rows.duration[row]);
    const parts = piece("mgt-bar", start, end);
    for (const [from, to] of path[row] ?? []) parts.push(...piece("mgt-path", from, to));
    const left = share(start);
    const right = share(end);
    if (right >= 0 && left <= 100) {
      const time = make("span", "mgt-time", [mg.microText(rows.duration[row])]);
      if (right < 84) time.style.left = percent(Math.max(0, right));
      else if (left > 16) time.style.right = percent(100 - Math.min(100, left));
      else time.classList.add("mgt-time-inside");
      parts.push(time);
    }
    return make("div", "mgt-lane", parts, { role: "gridcell" });
  }

  function titleOf(row) {
    const { rows, services, names } = mg.trace.payload();
    const self = `${mg.microText(rows.duration[row])}, of which ${mg.microText(rows.self[row])} its own`;
    return `${services[rows.service[row]]}: ${names[rows.name[row]]}\n${self}`;
  }

  function build(row, place) {
    const { rows } = mg.trace.payload();
    const element = make("div", "mgt-row", [nameCell(row), lane(row)], {
      role: "row",
      id: `mgt-row-${row}`,
      "aria-level": rows.depth[row] + 1,
      "aria-rowindex": row + 1,
      "aria-selected": String(mg.trace.chosen() === row),
      title: titleOf(row),
    });
    if (mg.trace.hasRows(row)) element.setAttribute("aria-expanded", String(!mg.trace.isFolded(row)));
    element.dataset.row = row;
    element.dataset.service = rows.service[row] % 12;
    for (const flag of ["error", "skewed"]) if (has(row, flag)) element.dataset[flag] = "1";
    if (mg.trace.isFound(row)) element.dataset.found = "1";
    element.style.top = `${place * HEIGHT}px`;
    return element;
  }

  /** Draw the rows in view, and only those; `anew` also those that are there. */
  function draw(anew) {
    isAsked = false;
    const box = scroller();
    if (!box || !mg.trace.payload()) return;
    const shown = mg.trace.shown();
    sheet().style.height = `${shown.length * HEIGHT}px`;
    const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - SPARE);
    const last = Math.min(shown.length, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + SPARE);
    const kept = new Map();
    const added = [];
    for (let place = first; place < last; place += 1) {
      const row = shown[place];
      const old = anew ? null : drawn.get(row);
      if (old) drawn.delete(row);
      const element = old ?? build(row, place);
      if (!old) added.push(element);
      kept.set(row, element);
    }
    for (const element of drawn.values()) element.remove();
    drawn = kept;
    sheet().append(...added);
    box.setAttribute("aria-activedescendant", mg.trace.chosen() >= 0 ? `mgt-row-${mg.trace.chosen()}` : "");
  }

  function redraw() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      for (const element of drawn.values()) element.remove();
      drawn = new Map();
      drawTicks();
      draw(true);
    });
  }

  /** A length of round numbers, so that a handful of them fill the range. */
  function tickStep(length) {
    const rough = length / TICKS;
    const size = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((part) => part * size).find((step) => step >= rough);
  }

  function drawTicks() {
    const holder = mg.byId("mgt-ticks");
    if (!holder) return;
    // As wide as the rows, whatever room their scrollbar takes: else bars and ticks tell different times.
    const box = scroller();
    holder.parentElement.style.marginRight = `${box.offsetWidth - box.clientWidth}px`;
    const [from, to] = mg.trace.range();
    const step = tickStep(to - from);
    const ticks = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const tick = make("span", "mgt-tick", [mg.microText(at)]);
      tick.style.left = percent(share(at));
      if (share(at) > 93) tick.classList.add("mgt-tick-last");
      ticks.push(tick);
    }
    holder.replaceChildren(...ticks);
  }

  function bringIntoView(row) {
    const box = scroller();
    const place = mg.trace.shown().indexOf(row);
    if (!box || place < 0) return;
    const top = place * HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
  }
  /** Rows that fit into the view. */
  mg.trace.pageSize = () => Math.max(1, Math.floor((scroller()?.clientHeight ?? HEIGHT) / HEIGHT) - 1);

  function onPointer(event) {
    const row = event.target.closest?.(".mgt-row");
    if (!row) return;
    const number = Number(row.dataset.row);
    if (event.target.closest(".mgt-fold")) mg.trace.fold(number);
    else mg.trace.choose(number);
  }

  function onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    const lanes = mg.byId("mgt-ticks").getBoundingClientRect();
    if (event.clientX < lanes.left) return;
    event.preventDefault();
    const [from, to] = mg.trace.range();
    const around = from + ((event.clientX - lanes.left) / lanes.width) * (to - from);
    mg.trace.zoomBy(event.deltaY > 0 ? 1.25 : 0.8, around);
  }

  /** Called when the page is there: listen to it. */
  mg.trace.followRows = () => {
    const box = scroller();
    drawn = new Map();
    box.addEventListener("scroll", () => draw(false), { passive: true });
    box.addEventListener("click", onPointer);
    box.addEventListener("wheel", onWheel, { passive: false });
    new ResizeObserver(() => {
      drawTicks();
      draw(false);
    }).observe(box);
  };

  mg.on("trace", redraw);
  mg.on("trace-rows", redraw);
  mg.on("trace-zoom", redraw);
  mg.on("trace-found", redraw);
  mg.on("trace-chosen", (row) => {
    if (row >= 0) bringIntoView(row);
    redraw();
  });
})((window.meshgraph = window.meshgraph || {}));
