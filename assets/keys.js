/**
 * The keyboard: a hidden list of all nodes that arrow keys walk, along edges too, and single-key shortcuts.
 * A screen reader hears the list; everybody sees the ring around the node that the cursor is on.
 */
(function (mg) {
  "use strict";

  let cursor = null;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable=true], [role=listbox] input") !== null;
  const nodes = () => mg.cy.nodes("[icon]").not(".away").sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
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
    Escape: () => mg.select(""),
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
      rebuild(holder);
      const selected = cy.getElementById(mg.state.get("selected"));
      if (selected.nonempty() && selected.isNode()) moveTo(selected);
      else if (cursor === null || cy.getElementById(cursor).empty()) step(1);
      else moveTo(cy.getElementById(cursor));
    });
    holder.addEventListener("blur", () => cy.nodes(".cursor").removeClass("cursor"));
    document.addEventListener("keydown", onKey);
    mg.byId("mg-help-button").addEventListener("click", SHORTCUTS["?"]);
  });
  mg.on("applied", ({ isNewSet }) => isNewSet && document.activeElement === mg.byId("mg-listbox") && rebuild(mg.byId("mg-listbox")));
  mg.on("params", (names) => {
    if (!names.has("selected") || !mg.cy) return;
    const selected = mg.cy.getElementById(mg.state.get("selected"));
    mg.byId("mg-announce").textContent =
      selected.empty() ? "Nothing selected" : selected.isNode() && selected.data("icon") ? `Selected ${describe(selected)}` : "Selected";
  });
})((window.meshgraph = window.meshgraph || {}));
