/** The curve of every edge as a polyline in model coordinates, kept until something moves. */
(function (mg) {
  "use strict";

  const STEPS = 12;
  let curves = new Map();

  function quadratic(a, control, b, points) {
    for (let i = 1; i <= STEPS; i += 1) {
      const t = i / STEPS;
      const u = 1 - t;
      points.push({
        x: u * u * a.x + 2 * u * t * control.x + t * t * b.x,
        y: u * u * a.y + 2 * u * t * control.y + t * t * b.y,
      });
    }
  }

  /** Points along an edge: straight, one curve, or a chain of curves (self-loops, edges with bends). */
  function sample(edge) {
    const start = edge.sourceEndpoint();
    const end = edge.targetEndpoint();
    if (!start || !end || Number.isNaN(start.x) || Number.isNaN(end.x)) return null;
    const controls = edge.controlPoints() ?? [];
    const points = [start];
    if (!controls.length) points.push(end);
    controls.forEach((control, i) => {
      const next = controls[i + 1];
      const stop = next ? { x: (control.x + next.x) / 2, y: (control.y + next.y) / 2 } : end;
      quadratic(points[points.length - 1], control, stop, points);
    });
    return points;
  }

  function measure(points) {
    const lengths = [0];
    for (let i = 1; i < points.length; i += 1) {
      lengths.push(lengths[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
    }
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const bounds = { x1: Math.min(...xs), x2: Math.max(...xs), y1: Math.min(...ys), y2: Math.max(...ys) };
    return { points, lengths, length: lengths[lengths.length - 1], bounds };
  }

  /** Curve of an edge: {points, lengths, length, bounds}, or null where it has none. */
  mg.curveOf = (edge) => {
    const id = edge.id();
    if (!curves.has(id)) {
      const points = sample(edge);
      curves.set(id, points && measure(points));
    }
    return curves.get(id);
  };

  /** Point at a part 0..1 of a curve. */
  mg.pointAt = (curve, part) => {
    const goal = curve.length * part;
    const { points, lengths } = curve;
    let i = 1;
    while (i < lengths.length - 1 && lengths[i] < goal) i += 1;
    const t = (goal - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
    return {
      x: points[i - 1].x + (points[i].x - points[i - 1].x) * t,
      y: points[i - 1].y + (points[i].y - points[i - 1].y) * t,
    };
  };

  mg.on("mounted", (cy) => cy.on("position add remove data bounds layoutstop", () => (curves = new Map())));
})((window.meshgraph = window.meshgraph || {}));
