/** mTLS locks: closed where all of an edge's traffic is encrypted, open and in colour where some is not. */
(function (mg) {
  "use strict";

  const PART = 0.82;

  function drawLock(context, x, y, isClosed, colour, ground) {
    context.beginPath();
    context.arc(x, y, 7.5, 0, 2 * Math.PI);
    context.fillStyle = ground;
    context.fill();
    context.fillStyle = colour;
    context.fillRect(x - 3.5, y - 0.5, 7, 5);
    context.beginPath();
    context.arc(isClosed ? x : x + 3, y - 1, 2.2, Math.PI, 0);
    context.lineWidth = 1.4;
    context.strokeStyle = colour;
    context.stroke();
  }

  /** Draw the lock of every edge whose mTLS share is known. */
  mg.drawLocks = (context, frame, colours) => {
    if (frame.zoom < 0.35) return;
    mg.cy.edges("[mtls]").forEach((edge) => {
      const curve = edge.hasClass("faded") ? null : mg.curveOf(edge);
      if (!curve) return;
      const { x, y } = mg.toScreen(frame, mg.pointAt(curve, PART));
      if (x < -10 || y < -10 || x > frame.width + 10 || y > frame.height + 10) return;
      const isClosed = edge.data("mtls") > 0.9995;
      drawLock(context, x, y, isClosed, isClosed ? colours.dim : colours.warn, colours.page);
    });
  };
})((window.meshgraph = window.meshgraph || {}));
