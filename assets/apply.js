/**
 * Applies a picture (the twin's payload) to the live graph in one batch: elements come, go and change in place.
 *
 * Nothing moves on a refresh: a node takes a new position only when the set of nodes changed, and one that was
 * dragged stays where it was put.
 */
(function (mg) {
  "use strict";

  const ANIMATE_BELOW = 300;
  const TEXTURE_FROM = 300;
  const MODES = ["health", "errors", "rate", "latency"];

  let known = new Map();

  /** Tone of an edge in the colour mode in use. */
  mg.toneOf = (edge) => edge.tones[Math.max(0, MODES.indexOf(mg.state.get("colour")))];

  /** Image of an icon key in the scheme in use. */
  mg.imageOf = (key) => mg.picture.icons[key]?.[mg.scheme()] ?? "none";

  function nodeElement(node) {
    const isBox = node.kind === "box";
    const data = isBox ? { ...node } : { ...node, image: mg.imageOf(node.icon) };
    const element = { group: "nodes", data, classes: node.classes };
    if (isBox) return { ...element, grabbable: false, pannable: true };
    return { ...element, position: mg.placeOf(node) };
  }

  function edgeElement(edge, nodes) {
    const [source, target] = [nodes[edge.source], nodes[edge.target]];
    const data = { ...edge, ...mg.routeOf(edge, source, target), source: source.id, target: target.id, tone: mg.toneOf(edge) };
    return { group: "edges", data, classes: edge.classes };
  }

  /** Put the new data into an element that is already there. */
  function update(cy, element) {
    const live = cy.getElementById(element.data.id);
    const parent = element.data.parent ?? null;
    if (element.group === "nodes" && (live.data("parent") ?? null) !== parent) live.move({ parent });
    const gone = Object.keys(live.data()).filter((name) => !(name in element.data));
    if (gone.length) live.removeData(gone.join(" "));
    live.data(element.data);
    const marks = ["faded", "cursor", "far"].filter((name) => live.hasClass(name));
    live.classes([...element.classes, ...marks]);
  }

  function isSameSet(a, b) {
    return a.size === b.size && [...a].every((key) => b.has(key));
  }

  /** Bring the nodes to their places; whether the view goes there with them. */
  function move(cy, nodes, isAnimated, hasNewView) {
    const places = new Map(nodes.filter((n) => n.kind !== "box").map((n) => [n.id, mg.placeOf(n)]));
    const moved = cy.nodes().filter((n) => {
      const place = places.get(n.id());
      return place && (Math.abs(place.x - n.position("x")) > 0.5 || Math.abs(place.y - n.position("y")) > 0.5);
    });
    if (!moved.length) return false;
    const animate = isAnimated && cy.elements().length < ANIMATE_BELOW && !mg.prefersStillness();
    const takesView = animate && hasNewView && mg.hasRoom();
    const view = takesView ? mg.viewOf(cy.nodes().boundingBoxAt((n) => places.get(n.id()) ?? n.position())) : {};
    moved.layout({ name: "preset", positions: (n) => places.get(n.id()), fit: false, animate, animationDuration: 400, ...view }).run();
    return takesView;
  }

  /** Whether the person asked the system for less motion. */
  mg.prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function applyPicture({ picture, isNewView, isNarrowing }) {
    const cy = mg.cy;
    const elements = [
      ...picture.nodes.map(nodeElement),
      ...picture.edges.map((edge) => edgeElement(edge, picture.nodes)),
    ];
    const next = new Map(elements.map((element) => [element.data.id, JSON.stringify(element)]));
    const wasEmpty = !cy.elements().length;
    const nodeIds = new Set(picture.nodes.map((n) => n.id));
    const before = new Set(cy.nodes().map((n) => n.id()));
    const isNewSet = !isSameSet(nodeIds, before);

    cy.batch(() => {
      const fresh = elements.filter((element) => !known.has(element.data.id));
      // Boxes first, so that a node that moves into a new box finds it; gone ones last, so that it has left them.
      cy.add(fresh.filter((element) => element.group === "nodes"));
      for (const element of elements) {
        const id = element.data.id;
        if (known.has(id) && known.get(id) !== next.get(id)) update(cy, element);
      }
      cy.add(fresh.filter((element) => element.group === "edges"));
      cy.remove(cy.elements().filter((element) => !next.has(element.id())));
    });
    known = next;
    const isFitted = (isNewSet || isNarrowing) && move(cy, picture.nodes, !wasEmpty && (!isNewView || isNarrowing), isNewView);
    cy.renderer().textureOnViewport = cy.elements().length > TEXTURE_FROM;
    mg.emit("applied", { isNewSet, isFirst: wasEmpty, isNewView, isFitted });
  }

  mg.on("picture", applyPicture);
})((window.meshgraph = window.meshgraph || {}));
