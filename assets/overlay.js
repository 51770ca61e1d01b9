/** Canvases over the graph, kept to its size and pixel ratio; they never take the mouse. */
(function (mg) {
  "use strict";

  /** A canvas over the graph: {canvas, context, clear()}. */
  mg.addOverlay = (cy, name) => {
    const canvas = document.createElement("canvas");
    canvas.className = `mg-overlay mg-overlay-${name}`;
    cy.container().appendChild(canvas);
    const context = canvas.getContext("2d");
    const clear = () => {
      const ratio = window.devicePixelRatio || 1;
      const width = Math.round(cy.width() * ratio);
      const height = Math.round(cy.height() * ratio);
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${cy.width()}px`;
        canvas.style.height = `${cy.height()}px`;
      }
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    };
    return { canvas, context, clear };
  };

  /** What is in view: {zoom, pan, width, height}, in CSS pixels. */
  mg.frameOf = (cy) => ({ zoom: cy.zoom(), pan: cy.pan(), width: cy.width(), height: cy.height() });

  /** Screen position of a model position. */
  mg.toScreen = (frame, point) => ({
    x: point.x * frame.zoom + frame.pan.x,
    y: point.y * frame.zoom + frame.pan.y,
  });
})((window.meshgraph = window.meshgraph || {}));
