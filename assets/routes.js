/**
 * Edges on their way around others: the server's bends become rounded corners. They are told to the widget by how
 * far along and how far beside the line between the two nodes they lie, so they go along when a picture glides;
 * an edge of a node that was moved by hand runs freely.
 */
(function (mg) {
  "use strict";

  const RADIUS = 18;

  const towards = (from, to, length) => {
    const part = length / (Math.hypot(to.x - from.x, to.y - from.y) || 1);
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  };

  /** Three control points for each corner: straight up to it, around it, straight on. */
  function corners(points) {
    return points.slice(1, -1).flatMap((corner, i) => {
      const sides = [points[i], points[i + 2]];
      const radius = Math.min(RADIUS, ...sides.map((side) => Math.hypot(side.x - corner.x, side.y - corner.y) / 2));
      return [towards(corner, sides[0], radius), corner, towards(corner, sides[1], radius)];
    });
  }

  /** Data of an edge with bends: {weights, distances} of its control points; nothing for any other edge. */
  mg.routeOf = (edge, source, target) => {
    if (!edge.bends || mg.isDragged(source) || mg.isDragged(target)) return {};
    const points = [source];
    for (let i = 0; i < edge.bends.length; i += 2) points.push({ x: edge.bends[i], y: edge.bends[i + 1] });
    const controls = corners([...points, target]);
    const [dx, dy] = [target.x - source.x, target.y - source.y];
    const length = Math.hypot(dx, dy) || 1;
    return {
      weights: controls.map(({ x, y }) => ((x - source.x) * dx + (y - source.y) * dy) / length ** 2),
      distances: controls.map(({ x, y }) => ((y - source.y) * dx - (x - source.x) * dy) / length),
    };
  };

  /** Lay the edges of some nodes anew: after a drag, or when drags are forgotten. */
  mg.routeAgain = (nodes) => {
    const ids = new Set(nodes.connectedEdges().map((edge) => edge.id()));
    const places = mg.picture?.nodes ?? [];
    mg.cy.batch(() => {
      for (const edge of mg.picture?.edges ?? []) {
        if (!edge.bends || !ids.has(edge.id)) continue;
        const live = mg.cy.getElementById(edge.id);
        live.removeData("weights distances");
        live.data(mg.routeOf(edge, places[edge.source], places[edge.target]));
      }
    });
  };
})((window.meshgraph = window.meshgraph || {}));
