/** mTLS locks: closed where all of an edge's traffic is encrypted, open and in colour where some is not. */
(function (mg) {
  "use strict";

  const ALL = 0.9995;

  /** Lock of an edge: "closed", "open", or null where nobody knows. */
  mg.lockOf = (data) => (data.mtls === undefined ? null : data.mtls >= ALL ? "closed" : "open");

  /** Draw a lock about a point on the screen, on a disc of the page's colour if it has no ground yet. */
  mg.drawLock = (context, x, y, lock, colours, hasGround) => {
    const isClosed = lock === "closed";
    if (hasGround) {
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.fillStyle = colours.page;
      context.fill();
    }
    context.fillStyle = context.strokeStyle = isClosed ? colours.dim : colours.warn;
    context.fillRect(x - 3.5, y - 0.5, 7, 5);
    context.beginPath();
    context.arc(isClosed ? x : x + 3, y - 1, 2.2, Math.PI, 0);
    context.lineWidth = 1.4;
    context.stroke();
  };
})((window.meshgraph = window.meshgraph || {}));
