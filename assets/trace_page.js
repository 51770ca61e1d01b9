/** The page of one trace: fetches its rows, keeps tab, search, span and zoom in the address, listens to the keyboard. */
(function (mg) {
  "use strict";

  const SEARCH_AFTER_MS = 200;
  let twin = "";
  let controller = null;
  let waiting = 0;

  const page = () => mg.byId("mgt-page");
  const params = () => new URLSearchParams(location.search);
  const say = (words) => {
    const holder = mg.byId("mgt-said");
    if (holder) holder.textContent = words;
  };

  /** Tell the person why there are no rows. */
  function fail(problem) {
    mg.trace.drop();
    const lines = [problem.title, [problem.detail, problem.advice].filter(Boolean).join(" ")].filter(Boolean);
    const holder = mg.byId("mgt-rows-notice");
    holder.replaceChildren(...lines.map((line) => mg.make("div", { class: "mg-line" }, line)));
    page().dataset.state = "failing";
  }

  async function fetchJson(address) {
    const response = await fetch(address, { signal: controller.signal, cache: "no-cache" });
    const body = await response.json().catch(() => ({ title: `The dashboard answered ${response.status}`, detail: "" }));
    return { isGood: response.ok, body };
  }

  async function load() {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      const { isGood, body } = await fetchJson(twin);
      if (signal.aborted || !page()) return;
      if (!isGood) return fail(body);
      mg.trace.take(body);
      page().dataset.state = "ready";
      restore();
    } catch {
      if (!signal.aborted && page()) fail({ title: "The dashboard does not answer", detail: "Load the page again to try once more." });
    }
  }

  /** What the address says of zoom, span and search. */
  function restore() {
    const asked = params();
    const [from, to] = (asked.get("zoom") ?? "").split("-").map(Number);
    if (to > from && from >= 0) mg.trace.zoom(from, to);
    const row = mg.trace.payload().rows.span.indexOf(asked.get("chosen") ?? "");
    if (row >= 0) mg.trace.choose(row);
    if (asked.get("find")) search(asked.get("find"));
  }

  async function search(text) {
    if (!mg.trace.payload()) return;
    if (!text.trim()) {
      mg.trace.setFound([]);
      return;
    }
    const mine = (waiting += 1);
    const { isGood, body } = await fetchJson(`${twin}/search?${new URLSearchParams({ q: text })}`).catch(() => ({ body: null }));
    if (mine !== waiting || !page() || !body) return;
    mg.trace.setFound(isGood ? body.rows : []);
    if (isGood && body.rows.length && !mg.trace.isFound(mg.trace.chosen())) mg.trace.choose(body.rows[0]);
  }

  function showFound() {
    const found = mg.trace.found();
    const asked = mg.byId("mgt-find")?.value?.trim();
    const place = found.indexOf(mg.trace.chosen()) + 1;
    mg.byId("mgt-found").textContent = !asked ? "" : found.length ? `${place || "–"} of ${found.length}` : "nothing found";
  }

  const ends = {
    chooseFirst: () => mg.trace.choose(mg.trace.shown()[0]),
    chooseLast: () => mg.trace.choose(mg.trace.shown().at(-1)),
  };

  /** Choose among the rows that are shown, so many further. */
  function step(by) {
    const shown = mg.trace.shown();
    const at = shown.indexOf(mg.trace.chosen());
    mg.trace.choose(shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  }

  function inward(row) {
    if (mg.trace.isFolded(row)) mg.trace.fold(row, false);
    else if (mg.trace.hasRows(row)) mg.trace.choose(row + 1);
  }
  function outward(row) {
    if (mg.trace.hasRows(row) && !mg.trace.isFolded(row)) mg.trace.fold(row, true);
    else if (mg.trace.payload().rows.parent[row] >= 0) mg.trace.choose(mg.trace.payload().rows.parent[row]);
  }

  /** The part of time of a span, with a little around it. */
  function zoomTo(row) {
    const { rows } = mg.trace.payload();
    const length = Math.max(1, rows.duration[row]);
    mg.trace.zoom(rows.start[row] - length * 0.05, rows.start[row] + length * 1.05);
  }

  const nextError = (by) => mg.trace.chooseNext((row) => mg.trace.hasFlag(row, "error"), by);
  const nextFound = (by) => mg.trace.found().length && mg.trace.chooseNext(mg.trace.isFound, by);

  /** What a key does, by its name; the row is the chosen one, -1 for none. */
  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    PageDown: () => step(mg.trace.pageSize()),
    PageUp: () => step(-mg.trace.pageSize()),
    Home: ends.chooseFirst,
    End: ends.chooseLast,
    ArrowRight: (row) => row >= 0 && inward(row),
    ArrowLeft: (row) => row >= 0 && outward(row),
    Enter: (row) => row >= 0 && mg.trace.fold(row),
    Escape: () => mg.trace.choose(-1),
    "+": () => mg.trace.zoomBy(0.5),
    "=": () => mg.trace.zoomBy(0.5),
    "-": () => mg.trace.zoomBy(2),
    0: () => mg.trace.zoomOut(),
    z: (row) => row >= 0 && zoomTo(row),
    e: () => nextError(1),
    E: () => nextError(-1),
    n: () => nextFound(1),
    N: () => nextFound(-1),
    p: () => togglePath(),
  };

  function togglePath() {
    const isOn = page().dataset.path !== "0";
    page().dataset.path = isOn ? "0" : "1";
    mg.byId("mgt-path").setAttribute("aria-pressed", String(!isOn));
    mg.setQuery({ path: isOn ? "0" : null });
  }

  const ACTIONS = {
    "mgt-path": togglePath,
    "mgt-open-all": () => mg.trace.foldFrom(),
    "mgt-fold-all": () => mg.trace.foldFrom(1),
    "mgt-whole": () => mg.trace.zoomOut(),
    "mgt-next": () => nextFound(1),
    "mgt-previous": () => nextFound(-1),
    "mgt-next-error": () => nextError(1),
  };

  function onKey(event) {
    if (!page() || !mg.trace.payload() || page().dataset.tab !== "timeline") return;
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping) {
      if (event.target.id === "mgt-find" && event.key === "Enter") nextFound(event.shiftKey ? -1 : 1);
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      mg.byId("mgt-find").focus();
      return;
    }
    const isInTree = event.target === document.body || event.target.closest?.("#mgt-scroller");
    const act = KEYS[event.key];
    if (!act || !isInTree) return;
    event.preventDefault();
    act(mg.trace.chosen());
  }
  document.addEventListener("keydown", onKey);

  document.addEventListener("click", (event) => {
    const act = page() && mg.trace.payload() && ACTIONS[event.target.closest?.("[id^=mgt-]")?.id];
    if (act) act();
    const jump = event.target.closest?.("[data-span]");
    if (page() && jump && mg.trace.payload()) {
      const row = mg.trace.payload().rows.span.indexOf(jump.dataset.span);
      if (row >= 0) mg.trace.choose(row);
    }
  });

  function makeFind() {
    const find = mg.make("input", { id: "mgt-find", type: "search", placeholder: "Search: service, operation, key=value", "aria-label": "Search in this trace" });
    find.value = params().get("find") ?? "";
    mg.byId("mgt-find-holder").replaceChildren(find);
    return find;
  }

  function follow() {
    mg.trace.followRows();
    mg.trace.followMinimap();
    let timer = 0;
    makeFind().addEventListener("input", ({ target }) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        mg.setQuery({ find: target.value || null });
        search(target.value);
      }, SEARCH_AFTER_MS);
    });
    const drag = mg.byId("mgt-divide");
    drag.addEventListener("pointerdown", (event) => drag.setPointerCapture(event.pointerId));
    drag.addEventListener("pointermove", (event) => {
      if (!drag.hasPointerCapture(event.pointerId)) return;
      const box = mg.byId("mgt-timeline").getBoundingClientRect();
      const part = Math.min(0.7, Math.max(0.12, (event.clientX - box.left) / box.width));
      mg.byId("mgt-timeline").style.setProperty("--mgt-names", `${(part * 100).toFixed(1)}%`);
    });
  }

  mg.on("trace-chosen", (row) => {
    const span = row < 0 ? null : mg.trace.payload().rows.span[row];
    mg.setQuery({ chosen: span });
    dash_clientside.set_props("mgt-chosen", { data: { trace: page().dataset.trace, span, query: location.search } });
    page().dataset.chosen = row < 0 ? "0" : "1";
    showFound();
    if (row >= 0) {
      const { services, names, rows } = mg.trace.payload();
      say(`${services[rows.service[row]]} ${names[rows.name[row]]}, ${mg.microText(rows.duration[row])}`);
    }
  });
  mg.on("trace-found", showFound);
  mg.on("trace-zoom", () => {
    mg.setQuery({ zoom: mg.trace.isWhole() ? null : mg.trace.range().map(Math.round).join("-") });
    mg.byId("mgt-whole").disabled = mg.trace.isWhole();
  });

  window.dash_clientside = window.dash_clientside || {};
  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash when the page is there, and with every change of its tab. */
    onTrace(tab, place) {
      const skip = window.dash_clientside.no_update;
      if (!page()) return [skip, skip];
      page().dataset.tab = tab;
      if (page().dataset.started) {
        mg.setQuery({ tab: tab === "timeline" ? null : tab }, { isStep: true });
        if (tab === "timeline") window.dispatchEvent(new Event("resize"));
      } else {
        page().dataset.started = "1";
        twin = place.twin;
        page().dataset.path = params().get("path") === "0" ? "0" : "1";
        mg.byId("mgt-path").setAttribute("aria-pressed", String(page().dataset.path === "1"));
        follow();
        load();
      }
      return [skip, tab === "operations" ? { trace: place.trace, query: location.search } : skip];
    },
  });
})((window.meshgraph = window.meshgraph || {}));
