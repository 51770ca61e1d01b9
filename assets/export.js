/** PNG of the whole graph with its text and a caption, in the colours on the screen. */
(function (mg) {
  "use strict";

  const MOST_PIXELS = 6000;
  const MARGIN = 40;
  const CAPTION = 34;

  /** View that shows everything: the frame that the overlay text is drawn for. */
  function wholeFrame(cy) {
    const bounds = cy.elements().boundingBox({ includeOverlays: false });
    const zoom = Math.min(1.5, (MOST_PIXELS - 2 * MARGIN) / Math.max(bounds.w, bounds.h));
    return {
      zoom,
      pan: { x: MARGIN - bounds.x1 * zoom, y: MARGIN - bounds.y1 * zoom },
      width: Math.ceil(bounds.w * zoom + 2 * MARGIN),
      height: Math.ceil(bounds.h * zoom + 2 * MARGIN),
    };
  }

  function load(blob) {
    return createImageBitmap(blob);
  }

  /** Canvas with graph, text and caption. */
  mg.paintWhole = async () => {
    const cy = mg.cy;
    const colours = mg.colours();
    const frame = wholeFrame(cy);
    const canvas = document.createElement("canvas");
    canvas.width = frame.width;
    canvas.height = frame.height + CAPTION;
    const context = canvas.getContext("2d");
    context.fillStyle = colours.page;
    context.fillRect(0, 0, canvas.width, canvas.height);
    const graph = await load(cy.png({ output: "blob", full: true, scale: frame.zoom, bg: colours.page }));
    context.drawImage(graph, MARGIN, MARGIN);
    mg.drawLabels(context, frame, colours);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = colours.dim;
    context.fillText(`${mg.byId("mg-summary").textContent} · ${mg.picture.source.name}`, MARGIN, frame.height + CAPTION / 2 - 8);
    return canvas;
  };

  /** Let the browser save the whole graph as a PNG. */
  mg.savePng = async () => {
    if (!mg.picture || !mg.cy.nodes().length) return;
    const canvas = await mg.paintWhole();
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `mesh-${mg.picture.at_text.replace(/[^0-9]+/g, "-").replace(/-$/, "")}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  };
})((window.meshgraph = window.meshgraph || {}));
