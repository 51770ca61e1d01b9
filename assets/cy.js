/** Access to the live Cytoscape graph: the one place that knows which widget draws it. */
(function (mg) {
  "use strict";

  /** The live graph inside a component, or null while it is not mounted. */
  mg.getCy = (id) => {
    const holder = mg.byId(id);
    return holder?._cyreg?.cy ?? holder?.querySelector(".__________cytoscape_container")?._cyreg?.cy ?? null;
  };

  /**
   * Take over the graph from the React wrapper: from here on elements come and go by cy alone.
   * The wrapper would write every element back into its property after a drag, an add or a remove.
   */
  function takeOver(cy) {
    cy.off("dragfree add remove");
    mg.cy = cy;
    mg.emit("mounted", cy);
  }

  /** Wait for the widget, then take over. */
  function waitForGraph() {
    const cy = mg.getCy("mg-graph");
    if (cy) takeOver(cy);
    else requestAnimationFrame(waitForGraph);
  }

  mg.on("started", waitForGraph);
})((window.meshgraph = window.meshgraph || {}));
