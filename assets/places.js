/** Where nodes are and what is in view: positions from the server, drags that stay, zoom and fit. */
(function (mg) {
  "use strict";

  const STORE = "meshgraph.places";
  const PADDING = 52;
  const LARGEST = 1.25;
  const MOST_KEPT = 5000;
  const LEAST_ROOM = 2 * PADDING + 60;

  let dragged = read();
  let waitsForRoom = false;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(STORE) ?? "{}");
    } catch {
      return {};
    }
  }

  function save() {
    const kept = Object.fromEntries(Object.entries(dragged).slice(-MOST_KEPT));
    try {
      localStorage.setItem(STORE, JSON.stringify(kept));
    } catch {
      // Storage is full or forbidden: the drag still holds until the page is left.
    }
  }

  /** A narrowed picture is laid out by itself: what was moved there says nothing about the whole. */
  const keyOf = (id) => [mg.state.get("graph_type"), mg.state.get("focus"), id].filter(Boolean).join(" ");

  /** Position of a node: where it was dragged to, else where the server put it. */
  mg.placeOf = (node) => {
    const place = dragged[keyOf(node.id)];
    return place ? { x: place[0], y: place[1] } : { x: node.x, y: node.y };
  };

  /** Whether a node stands where somebody put it. */
  mg.isDragged = (node) => keyOf(node.id) in dragged;

  function remember(event) {
    const node = event.target;
    if (node.isParent()) return;
    const { x, y } = node.position();
    dragged[keyOf(node.id())] = [Math.round(x), Math.round(y)];
    save();
    mg.routeAgain(node);
  }

  function forget() {
    dragged = {};
    save();
    const nodes = new Map((mg.picture?.nodes ?? []).map((node) => [node.id, node]));
    mg.cy.nodes("[icon]").positions((node) => mg.placeOf(nodes.get(node.id())));
    mg.routeAgain(mg.cy.nodes());
    mg.fit();
  }

  /** Whether a view fits in: the graph may be hidden, or not laid out yet. */
  mg.hasRoom = () => Math.min(mg.cy.width(), mg.cy.height()) >= LEAST_ROOM;

  /** Zoom and pan that show all within some bounds, never larger than life; only where there is room. */
  mg.viewOf = ({ x1, y1, x2, y2 }) => {
    const [width, height] = [mg.cy.width(), mg.cy.height()];
    const zoom = Math.min((width - 2 * PADDING) / (x2 - x1), (height - 2 * PADDING) / (y2 - y1), LARGEST);
    return { zoom, pan: { x: (width - zoom * (x1 + x2)) / 2, y: (height - zoom * (y1 + y2)) / 2 } };
  };

  /** Show the whole graph. */
  mg.fit = (elements = mg.cy.elements()) => {
    // A fit into nothing would lose the view for good.
    waitsForRoom = !mg.hasRoom();
    if (!elements.length || waitsForRoom) return;
    mg.cy.viewport(mg.viewOf(elements.boundingBox()));
  };

  /** Whether what is in the graph has been fitted into the room there is. */
  mg.isPlaced = () => !waitsForRoom && mg.cy.width() > 0;

  /** Zoom about the middle of the view. */
  mg.zoomBy = (factor) => {
    const cy = mg.cy;
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  };

  const TOOLS = {
    "zoom-in": () => mg.zoomBy(1.3),
    "zoom-out": () => mg.zoomBy(1 / 1.3),
    fit: () => mg.fit(),
    reset: forget,
    image: () => mg.savePng(),
    legend: () => mg.state.set({ legend: mg.state.has("legend") ? "0" : "1" }),
    table: () => mg.state.set({ table: mg.state.get("table") === "0" ? "edges" : "0" }),
    clock: () => mg.state.set({ replay: mg.state.has("replay") ? "0" : "1" }),
  };

  mg.on("mounted", (cy) => {
    cy.on("dragfree", "node", remember);
    cy.on("resize", () => waitsForRoom && mg.fit());
    mg.byId("mg-tools").addEventListener("click", (event) => {
      const tool = event.target.closest("[data-tool]")?.dataset.tool;
      TOOLS[tool]?.();
    });
  });
  mg.on("applied", ({ isFirst, isNewView, isNewSet, isFitted }) => {
    mg.cy.resize();
    if (isFirst || (isNewView && isNewSet && !isFitted)) mg.fit();
  });
})((window.meshgraph = window.meshgraph || {}));
