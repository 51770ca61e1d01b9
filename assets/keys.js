/**
 * The keyboard: a hidden list of all nodes that arrow keys walk, along edges too, and single-key shortcuts.
 * A screen reader hears the list; everybody sees the ring around the node that the cursor is on.
 */
(function (mg) {
  "use strict";

  let cursor = null;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable=true], [role=listbox] input") !== null;
  const nodes = () => mg.cy.nodes("[icon]").sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const optionId = (place) => `mg-option-${place}`;

  function nameOf(node) {
    const { name, namespace } = node.data();
    return namespace ? `${name}, ${namespace}` : name;
  }

  function describe(node) {
    const { shape, level, classes } = node.data();
    const counts = `${node.incomers("edge").length} in, ${node.outgoers("edge").length} out`;
    return [nameOf(node), shape, level === "ok" ? "healthy" : level, ...classes, counts].join(", ");
  }

  function rebuild(holder) {
    const all = nodes();
    holder.replaceChildren(
      ...all.map((node, place) => {
        const option = document.createElement("div");
        option.id = optionId(place);
        option.setAttribute("role", "option");
        option.dataset.node = node.id();
        option.textContent = describe(node);
        return option;
      }),
    );
    markSelected(holder);
  }

  function markSelected(holder) {
    const selected = mg.state.get("selected");
    for (const option of holder.children) option.setAttribute("aria-selected", String(option.dataset.node === selected));
  }

  /** Put the cursor where it was, on the selected node, or on the first. */
  function settle(holder) {
    rebuild(holder);
    const known = [cursor, mg.state.get("selected")].map((id) => mg.cy.getElementById(id ?? ""));
    const node = known.find((element) => element.nonempty() && element.isNode() && element.data("icon"));
    if (node) moveTo(node);
    else step(1);
  }

  function moveTo(node) {
    const holder = mg.byId("mg-listbox");
    mg.cy.nodes(".cursor").removeClass("cursor");
    cursor = node.id();
    node.addClass("cursor");
    const option = [...holder.children].find((child) => child.dataset.node === cursor);
    holder.setAttribute("aria-activedescendant", option?.id ?? "");
    const { x, y } = node.renderedPosition();
    const isInView = x > 40 && y > 40 && x < mg.cy.width() - 40 && y < mg.cy.height() - 40;
    if (!isInView) mg.cy.center(node);
    mg.redrawLabels();
  }

  function step(by) {
    const all = nodes();
    if (!all.length) return;
    const place = all.toArray().findIndex((node) => node.id() === cursor);
    moveTo(all[(place + by + all.length) % all.length]);
  }

  /** Along an edge to the busiest neighbour upstream or downstream. */
  function follow(direction) {
    const here = mg.cy.getElementById(cursor ?? "");
    if (here.empty()) return step(1);
    const edges = direction === "in" ? here.incomers("edge") : here.outgoers("edge");
    const [busiest] = edges.toArray().sort((a, b) => (b.data("rate") ?? 0) - (a.data("rate") ?? 0));
    if (busiest) moveTo(direction === "in" ? busiest.source() : busiest.target());
  }

  /** The node that the cursor is on while the list is walked, else the selected one. */
  function focusOnCursor() {
    const isWalking = document.activeElement === mg.byId("mg-listbox");
    const node = mg.cy.getElementById((isWalking && cursor) || mg.state.get("selected"));
    if (node.nonempty() && node.isNode()) mg.focusOn(node.id());
  }

  const LIST_KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    ArrowLeft: () => follow("in"),
    ArrowRight: () => follow("out"),
    Enter: () => cursor && mg.select(cursor),
    " ": () => cursor && mg.select(cursor),
  };

  const toggle = (name, on = "1") => mg.state.set({ [name]: mg.state.get(name) === "0" ? on : "0" });
  const SHORTCUTS = {
    "/": () => mg.byId("mg-search").focus(),
    f: () => mg.fit(),
    "+": () => mg.zoomBy(1.3),
    "=": () => mg.zoomBy(1.3),
    "-": () => mg.zoomBy(1 / 1.3),
    r: () => mg.reload({ fresh: true }),
    p: () => mg.pause(),
    l: () => toggle("legend"),
    i: () => toggle("panel"),
    m: () => toggle("minimap"),
    a: () => toggle("animation"),
    t: () => toggle("table", "edges"),
    h: () => toggle("replay"),
    g: () => mg.byId("mg-listbox").focus(),
    "?": () => dash_clientside.set_props("mg-help", { opened: true }),
    o: () => focusOnCursor(),
    Escape: () => (mg.state.get("selected") || !mg.state.get("focus") ? mg.select("") : mg.unfocus()),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || mg.byId("mg-stage").offsetParent === null) return;
    const isInList = event.target === mg.byId("mg-listbox");
    if (!isInList && isTyping(event.target)) return;
    const action = (isInList && LIST_KEYS[event.key]) || SHORTCUTS[event.key] || SHORTCUTS[event.key.toLowerCase()];
    if (!action || document.querySelector("[role=dialog][aria-modal=true]")) return;
    if (event.key === " " && !isInList) return;
    event.preventDefault();
    action();
  }

  mg.on("mounted", (cy) => {
    const holder = mg.byId("mg-listbox");
    holder.setAttribute("role", "listbox");
    holder.setAttribute("aria-label", "Nodes of the graph: arrow up and down for the next, left and right along edges");
    holder.tabIndex = 0;
    holder.addEventListener("focus", () => {
      const selected = cy.getElementById(mg.state.get("selected"));
      if (selected.nonempty() && selected.isNode()) cursor = selected.id();
      settle(holder);
    });
    holder.addEventListener("blur", () => cy.nodes(".cursor").removeClass("cursor"));
    document.addEventListener("keydown", onKey);
    mg.byId("mg-help-button").addEventListener("click", SHORTCUTS["?"]);
  });
  mg.on("applied", ({ isNewSet }) => isNewSet && document.activeElement === mg.byId("mg-listbox") && settle(mg.byId("mg-listbox")));
  mg.on("params", (names) => {
    if (!names.has("selected") || !mg.cy) return;
    const selected = mg.cy.getElementById(mg.state.get("selected"));
    markSelected(mg.byId("mg-listbox"));
    mg.byId("mg-announce").textContent =
      selected.empty() ? "Nothing selected" : selected.isNode() && selected.data("icon") ? `Selected ${describe(selected)}` : "Selected";
  });
})((window.meshgraph = window.meshgraph || {}));
