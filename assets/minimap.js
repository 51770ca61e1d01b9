/** The minimap: every node as a dot in its colour, the part in view as a frame; a press or drag moves the view. */
(function (mg) {
  "use strict";

  const PADDING = 8;

  /** Scale and offset that put the graph's bounds into the minimap. */
  function projection(bounds, width, height) {
    const scale = Math.min((width - 2 * PADDING) / (bounds.w || 1), (height - 2 * PADDING) / (bounds.h || 1));
    return {
      scale,
      x: (width - bounds.w * scale) / 2 - bounds.x1 * scale,
      y: (height - bounds.h * scale) / 2 - bounds.y1 * scale,
    };
  }

  function drawGraph(cy, context, place) {
    const colours = mg.colours();
    const point = (p) => ({ x: p.x * place.scale + place.x, y: p.y * place.scale + place.y });
    context.lineWidth = 1;
    context.strokeStyle = colours.box_line;
    cy.nodes('[box = "namespace"]').forEach((box) => {
      const bounds = box.boundingBox({ includeOverlays: false });
      const corner = point({ x: bounds.x1, y: bounds.y1 });
      context.strokeRect(corner.x, corner.y, bounds.w * place.scale, bounds.h * place.scale);
    });
    const marks = cy.nodes("[icon]").toArray().sort((a, b) => (a.data("level") === "err") - (b.data("level") === "err"));
    for (const node of marks) {
      const { x, y } = point(node.position());
      const isBad = node.data("level") === "err" || node.data("level") === "warn";
      const size = isBad ? 4.5 : 3;
      context.fillStyle = colours[node.data("level")];
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }

  function drawView(cy, context, place) {
    const view = cy.extent();
    context.strokeStyle = mg.colours().accent;
    context.lineWidth = 1.5;
    context.strokeRect(
      view.x1 * place.scale + place.x,
      view.y1 * place.scale + place.y,
      view.w * place.scale,
      view.h * place.scale,
    );
  }

  mg.on("mounted", (cy) => {
    const holder = mg.byId("mg-minimap");
    const canvas = holder.appendChild(document.createElement("canvas"));
    const context = canvas.getContext("2d");
    let place = null;
    let isAsked = false;

    /** With the whole graph in view a map of it says nothing. */
    function isWholeInView(bounds) {
      const view = cy.extent();
      return view.x1 <= bounds.x1 && view.y1 <= bounds.y1 && view.x2 >= bounds.x2 && view.y2 >= bounds.y2;
    }

    function draw() {
      isAsked = false;
      const { clientWidth: width, clientHeight: height } = holder;
      if (!cy.nodes().length) holder.dataset.whole = "1";
      if (!width || !cy.nodes().length) return;
      const ratio = window.devicePixelRatio || 1;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const bounds = cy.elements().boundingBox({ includeOverlays: false });
      holder.dataset.whole = isWholeInView(bounds) ? "1" : "0";
      place = projection(bounds, width, height);
      drawGraph(cy, context, place);
      drawView(cy, context, place);
    }

    function ask() {
      if (isAsked || !mg.state.has("minimap")) return;
      isAsked = true;
      setTimeout(() => requestAnimationFrame(draw), 60);
    }

    function moveTo(event) {
      if (!place || event.buttons !== 1) return;
      const bounds = canvas.getBoundingClientRect();
      const x = (event.clientX - bounds.left - place.x) / place.scale;
      const y = (event.clientY - bounds.top - place.y) / place.scale;
      cy.pan({ x: cy.width() / 2 - x * cy.zoom(), y: cy.height() / 2 - y * cy.zoom() });
    }

    holder.addEventListener("pointerdown", moveTo);
    holder.addEventListener("pointermove", moveTo);
    cy.on("viewport position resize", ask);
    mg.on("applied", ask);
    mg.on("look", ask);
    mg.on("params", ask);
  });
})((window.meshgraph = window.meshgraph || {}));
