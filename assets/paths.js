/** Pointing and choosing: hover lights up the whole path through an element and fades the rest; a click selects. */
(function (mg) {
  "use strict";

  const HOVER_MS = 150;
  let timer = 0;
  let lit = null;

  /** Everything that traffic through an element comes from or goes to. */
  mg.pathOf = (element) => {
    if (element.isEdge()) return element.union(element.source().predecessors()).union(element.target().successors())
      .union(element.connectedNodes());
    const own = element.isParent() ? element.descendants() : element;
    return own.union(own.predecessors()).union(own.successors());
  };

  const light = (element) => lightOnly(element.id(), mg.pathOf(element).union(element));

  function lightOnly(name, path) {
    if (lit === name) return;
    lit = name;
    const cy = mg.cy;
    // Opacity of a box multiplies into what it holds: boxes around the path stay.
    const kept = path.union(path.ancestors());
    cy.batch(() => {
      cy.elements(".faded").difference(cy.elements().difference(kept)).removeClass("faded");
      cy.elements().difference(kept).addClass("faded");
    });
    mg.redrawLabels();
  }

  function unlight() {
    if (lit === null) return;
    lit = null;
    mg.cy.batch(() => mg.cy.elements(".faded").removeClass("faded"));
    mg.redrawLabels();
  }

  /** Fade all but the path of the element under the pointer, or else of the selected one, or else of the trace. */
  function settle() {
    const selected = mg.cy.getElementById(mg.state.get("selected"));
    const traced = mg.traced();
    if (selected.nonempty()) light(selected);
    else if (traced) lightOnly("trace", traced);
    else unlight();
  }
  /** Light up anew what is selected or traced. */
  mg.lightAgain = () => {
    if (lit === "trace") unlight();
    settle();
  };

  /** Select an element by id, or nothing. */
  mg.select = (id) => mg.state.set({ selected: id || null, ...(id ? { panel: "1" } : {}) });

  /** Bring an element into view and select it. */
  mg.jumpTo = (id) => {
    const element = mg.cy.getElementById(id);
    if (element.empty()) return;
    mg.select(id);
    mg.cy.animate({ center: { eles: element }, zoom: Math.max(mg.cy.zoom(), 0.8), duration: mg.prefersStillness() ? 0 : 250 });
  };

  function showSelection() {
    const cy = mg.cy;
    const id = mg.state.get("selected");
    cy.batch(() => {
      cy.elements(":selected").filter((element) => element.id() !== id).unselect();
      const element = cy.getElementById(id);
      if (element.nonempty() && !element.selected()) element.select();
    });
    settle();
    mg.redrawLabels();
  }

  mg.on("mounted", (cy) => {
    cy.on("mouseover", "node, edge", (event) => {
      clearTimeout(timer);
      const element = event.target;
      cy.container().style.cursor = "pointer";
      timer = setTimeout(() => element.inside() && light(element), HOVER_MS);
    });
    cy.on("mouseout", "node, edge", () => {
      clearTimeout(timer);
      cy.container().style.cursor = "";
      timer = setTimeout(settle, HOVER_MS);
    });
    cy.on("onetap", (event) => mg.select(event.target === cy ? "" : event.target.id()));
    cy.on("dbltap", "node", (event) => mg.emit("opened", event.target));
  });
  mg.on("params", (names) => mg.cy && names.has("selected") && showSelection());
  mg.on("applied", () => {
    lit = null;
    showSelection();
  });
})((window.meshgraph = window.meshgraph || {}));
