/**
 * Traffic animation: dots whose number follows the rate, whose speed follows the response time, and of which the
 * failed share are red diamonds. On an own canvas, at most 30 frames a second; it rests while the tab is hidden or
 * the system asks for less motion.
 */
(function (mg) {
  "use strict";

  const FRAME_MS = 1000 / 30;
  const MOST_DOTS = 6;
  const FASTEST = 130;
  const SLOWEST = 22;
  const phases = new Map();

  /** Dots per second of an edge. */
  function launches(data) {
    const perSecond = data.protocol === "tcp" ? (data.rate ?? 0) / 1000 : (data.rate ?? 0);
    return perSecond > 0 ? Math.min(3, 0.25 + 0.75 * Math.log10(1 + perSecond)) : 0;
  }

  /** Model pixels per second: 130 at 10 ms and less, 22 at 10 s and more; 80 where the time is unknown. */
  function speed(data) {
    if (data.latency_ms === undefined) return 80;
    const decades = data.latency_ms === null ? 3 : Math.min(3, Math.max(0, Math.log10(Math.max(1, data.latency_ms) / 10)));
    return FASTEST - ((FASTEST - SLOWEST) * decades) / 3;
  }

  /** A number 0..1 that is the same for the same dot in every frame. */
  function chance(seed) {
    const x = Math.sin(seed * 127.1) * 43758.5453;
    return x - Math.floor(x);
  }

  function isVisible(extent, { bounds }) {
    return bounds.x1 < extent.x2 && bounds.x2 > extent.x1 && bounds.y1 < extent.y2 && bounds.y2 > extent.y1;
  }

  /** Where the dots of an edge are: calls place(point, isError). */
  function eachDot(edge, elapsed, place) {
    const data = edge.data();
    const curve = mg.curveOf(edge);
    if (!curve || curve.length < 8) return;
    const travel = curve.length / speed(data);
    const frequency = Math.min(launches(data), MOST_DOTS / travel);
    if (!frequency) return;
    const phase = (phases.get(data.id) ?? chance(data.id.length + curve.length)) + elapsed * frequency;
    phases.set(data.id, phase);
    const newest = Math.floor(phase);
    for (let dot = newest; ; dot -= 1) {
      const part = (phase - dot) / frequency / travel;
      if (part >= 1) break;
      place(mg.pointAt(curve, part), chance(dot + curve.length) < (data.error_ratio ?? 0));
    }
  }

  function addShape(path, { x, y }, isError, size) {
    if (isError) {
      path.moveTo(x, y - size);
      path.lineTo(x + size, y);
      path.lineTo(x, y + size);
      path.lineTo(x - size, y);
      path.closePath();
    } else {
      path.moveTo(x + size * 0.8, y);
      path.arc(x, y, size * 0.8, 0, 2 * Math.PI);
    }
  }

  function draw(cy, overlay, elapsed) {
    overlay.clear();
    const { context } = overlay;
    const { zoom, pan } = mg.frameOf(cy);
    const colours = mg.colours();
    const paths = { ok: new Path2D(), err: new Path2D() };
    const extent = cy.extent();
    const size = Math.max(4, Math.min(6, 3.2 / zoom));
    cy.edges().forEach((edge) => {
      const curve = edge.hasClass("faded") ? null : mg.curveOf(edge);
      if (!curve || !isVisible(extent, curve)) return;
      eachDot(edge, elapsed, (point, isError) => addShape(isError ? paths.err : paths.ok, point, isError, size));
    });
    context.translate(pan.x, pan.y);
    context.scale(zoom, zoom);
    context.lineWidth = 1.2;
    context.strokeStyle = colours.page;
    for (const [name, path] of Object.entries(paths)) {
      context.fillStyle = colours[name];
      context.fill(path);
      context.stroke(path);
    }
  }

  mg.on("mounted", (cy) => {
    const overlay = mg.addOverlay(cy, "traffic");
    const stillness = matchMedia("(prefers-reduced-motion: reduce)");
    let before = 0;
    let isRunning = false;
    const wanted = () => mg.state.has("animation") && !document.hidden && !stillness.matches;

    function tick(now) {
      if (!wanted()) {
        isRunning = false;
        overlay.clear();
        return;
      }
      if (now - before >= FRAME_MS - 2) {
        draw(cy, overlay, Math.min(0.1, (now - before) / 1000));
        before = now;
      }
      requestAnimationFrame(tick);
    }

    function start() {
      if (isRunning || !wanted()) return;
      isRunning = true;
      requestAnimationFrame(tick);
    }

    mg.isAnimating = () => isRunning;
    document.addEventListener("visibilitychange", start);
    stillness.addEventListener("change", start);
    mg.on("params", start);
    mg.on("applied", () => {
      for (const id of phases.keys()) if (cy.getElementById(id).empty()) phases.delete(id);
      start();
    });
  });
})((window.meshgraph = window.meshgraph || {}));
