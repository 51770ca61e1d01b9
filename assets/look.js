/** How the graph looks: the stylesheet of the scheme in use, and the tone of every edge by colour mode. */
(function (mg) {
  "use strict";

  const FAR_BELOW = 0.45;

  let applied = null;
  let isFar = false;

  /** Colour scheme of the document: "light" or "dark". */
  mg.scheme = () => (document.documentElement.dataset.mantineColorScheme === "dark" ? "dark" : "light");
  /** Colours for the overlays in the scheme in use. */
  mg.colours = () => mg.config().colours[mg.scheme()];

  function applyScheme() {
    const scheme = mg.scheme();
    if (!mg.cy || scheme === applied) return;
    applied = scheme;
    const cy = mg.cy;
    cy.style().fromJson(mg.config().styles[scheme]).update();
    if (mg.picture) {
      cy.batch(() => cy.nodes("[icon]").forEach((node) => node.data("image", mg.imageOf(node.data("icon")))));
    }
    mg.emit("look");
  }

  function applyMode() {
    mg.byId("mg-stage").dataset.mode = mg.state.get("colour");
    mg.cy.batch(() => mg.cy.edges().forEach((edge) => edge.data("tone", mg.toneOf(edge.data()))));
    mg.emit("look");
  }

  /** Seen from afar, healthy edges step back and failing ones stand out. */
  function applyDistance(force) {
    const next = mg.cy.zoom() < FAR_BELOW;
    if (next === isFar && !force) return;
    isFar = next;
    mg.cy.batch(() => mg.cy.edges().toggleClass("far", isFar));
  }

  function showParts() {
    const stage = mg.byId("mg-stage");
    for (const name of ["legend", "minimap", "panel", "table", "replay"]) stage.dataset[name] = mg.state.get(name);
    stage.dataset.mode = mg.state.get("colour");
  }

  mg.on("mounted", (cy) => {
    cy.on("zoom", () => applyDistance(false));
    applyScheme();
    showParts();
    new MutationObserver(applyScheme).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-mantine-color-scheme"],
    });
  });
  mg.on("applied", () => applyDistance(true));
  mg.on("params", (names) => {
    if (!mg.cy) return;
    showParts();
    if (names.has("colour")) applyMode();
  });
})((window.meshgraph = window.meshgraph || {}));
