/**
 * Focus: only what calls a node and what it calls, some hops far. A hop is a call: the service that stands between
 * caller and workload is not counted. What is away is hidden, nothing moves and no number changes.
 */
(function (mg) {
  "use strict";

  const MOST_HOPS = 9;

  const hops = () => Math.min(MOST_HOPS, Math.max(1, Number.parseInt(mg.state.get("hops"), 10) || 1));

  /** Edges and nodes within some calls of the given nodes, along the traffic or against it. */
  function reach(start, towards, count) {
    let found = start;
    let front = start;
    for (let hop = 0; hop < count && front.nonempty(); hop += 1) {
      let next = front[towards]();
      // Through services at once: they are half a call.
      let between = next.nodes('[kind = "service"]').difference(found);
      while (between.nonempty()) {
        const beyond = between[towards]();
        between = beyond.nodes('[kind = "service"]').difference(next).difference(found);
        next = next.union(beyond);
      }
      front = next.nodes().difference(found);
      found = found.union(next);
    }
    return found;
  }

  /** What the focus leaves on the screen; everything where there is none. */
  function kept(cy) {
    const centre = cy.getElementById(mg.state.get("focus"));
    if (centre.empty() || centre.isEdge()) return cy.elements();
    const start = centre.isParent() ? centre.descendants().filter((node) => !node.isParent()) : centre;
    const near = reach(start, "incomers", hops()).union(reach(start, "outgoers", hops()));
    const inside = start.edgesWith(start);
    return near.union(inside).union(near.ancestors());
  }

  function showBar(cy) {
    const bar = mg.byId("mg-focus");
    const centre = cy.getElementById(mg.state.get("focus"));
    bar.hidden = centre.empty();
    if (bar.hidden) return;
    const name = centre.data("lines")?.[0] ?? centre.data("name");
    mg.byId("mg-focus-text").textContent = `Only around ${name}, ${hops()} ${hops() === 1 ? "call" : "calls"} far`;
    mg.byId("mg-focus-less").disabled = hops() <= 1;
    mg.byId("mg-focus-more").disabled = hops() >= MOST_HOPS;
  }

  function apply() {
    const cy = mg.cy;
    const stays = kept(cy);
    cy.batch(() => {
      stays.filter(".away").removeClass("away");
      cy.elements().difference(stays).addClass("away");
    });
    showBar(cy);
    mg.redrawLabels();
  }

  function button(id, label, text) {
    const element = mg.make("button", { id, type: "button", "aria-label": label, title: label }, text);
    return element;
  }

  mg.on("mounted", () => {
    mg.byId("mg-focus").append(
      mg.make("span", { id: "mg-focus-text", role: "status" }),
      button("mg-focus-less", "One call less", "−"),
      button("mg-focus-more", "One call more", "+"),
      button("mg-focus-close", "Show the whole graph", "Show all"),
    );
    mg.byId("mg-focus-less").addEventListener("click", () => mg.state.set({ hops: String(hops() - 1) }));
    mg.byId("mg-focus-more").addEventListener("click", () => mg.state.set({ hops: String(hops() + 1) }));
    mg.byId("mg-focus-close").addEventListener("click", () => mg.state.set({ focus: null, hops: null }));
    mg.byId("mg-focus").hidden = true;
  });
  mg.on("params", (names) => {
    if (!mg.cy || !(names.has("focus") || names.has("hops"))) return;
    apply();
    mg.fit();
  });
  mg.on("applied", ({ isFirst }) => {
    apply();
    if (isFirst && mg.state.get("focus")) mg.fit();
  });
})((window.meshgraph = window.meshgraph || {}));
