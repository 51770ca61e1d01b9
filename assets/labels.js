/**
 * All text of the graph, drawn on an overlay at a constant size on the screen and thinned out rather than
 * dropped: the most important text takes its place first (selection, errors, namespaces), what would cover it waits.
 */
(function (mg) {
  "use strict";

  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
  const GRID = 64;
  const NODE_RADIUS = 22;
  const KINDS = ["rate", "share", "errors", "latency", "throughput"];
  const LEVEL_RANK = { err: 3, warn: 2 };

  const widths = new Map();

  function widthOf(context, font, text) {
    const key = font + text;
    if (!widths.has(key)) {
      if (widths.size > 20000) widths.clear();
      context.font = font;
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
  }

  /** Rectangles already taken, in a coarse grid. */
  class Taken {
    constructor() {
      this.cells = new Map();
    }

    *keys(box) {
      for (let x = Math.floor(box.x / GRID); x <= Math.floor((box.x + box.w) / GRID); x += 1) {
        for (let y = Math.floor(box.y / GRID); y <= Math.floor((box.y + box.h) / GRID); y += 1) yield `${x},${y}`;
      }
    }

    isFree(box) {
      for (const key of this.keys(box)) {
        for (const other of this.cells.get(key) ?? []) {
          const apart =
            box.x + box.w <= other.x || other.x + other.w <= box.x || box.y + box.h <= other.y || other.y + other.h <= box.y;
          if (!apart) return false;
        }
      }
      return true;
    }

    take(box) {
      for (const key of this.keys(box)) {
        if (!this.cells.has(key)) this.cells.set(key, []);
        this.cells.get(key).push(box);
      }
    }
  }

  function isInView(frame, box) {
    return box.x < frame.width && box.x + box.w > 0 && box.y < frame.height && box.y + box.h > 0;
  }

  /** Texts of an edge: the kinds asked for; errors always, so that a failing edge explains itself. */
  mg.edgeText = (data) => {
    const asked = mg.state.get("labels").split(",");
    const parts = KINDS.filter((kind) => asked.includes(kind)).map((kind) => data.texts[kind]);
    const isFailing = data.level === "err" || data.level === "warn";
    if (isFailing && data.texts.errors && !asked.includes("errors")) parts.push(data.texts.errors);
    return parts.filter(Boolean).join("  ");
  };

  function collectBoxes(cy, items) {
    cy.nodes('[kind = "box"]').forEach((box) => {
      const data = box.data();
      if (box.hasClass("faded") || (data.box === "app" && !box.selected())) return;
      const rank = data.box === "namespace" ? 50 : data.box === "cluster" ? 60 : 45;
      items.push({ draw: "title", element: box, data, rank, lines: [data.name] });
    });
  }

  /** Names of namespaces are read first: they say where the rest is. */
  const baseOf = (data) => (data.shape === "namespace" ? 24 : 12);

  function rankOf(element, data, base) {
    const mark = element.selected() || element.hasClass("lit") || element.hasClass("cursor") ? 100 : 0;
    return base + mark + 10 * (LEVEL_RANK[data.level] ?? 0) + (data.classes.includes("new") ? 4 : 0);
  }

  function collect(cy) {
    const items = [];
    const areLocksShown = mg.state.has("mtls");
    collectBoxes(cy, items);
    cy.nodes("[icon]").forEach((node) => {
      if (node.hasClass("faded")) return;
      const data = node.data();
      const busy = Math.min(6, Math.log10(1 + (data.in_rate ?? 0) + (data.out_rate ?? 0)));
      items.push({ draw: "name", element: node, data, rank: rankOf(node, data, baseOf(data) + busy), lines: data.lines });
    });
    cy.edges().forEach((edge) => {
      if (edge.hasClass("faded")) return;
      const data = edge.data();
      const text = mg.edgeText(data);
      const lock = areLocksShown && mg.lockOf(data);
      if (!text && !lock) return;
      const busy = Math.min(6, Math.log10(1 + (data.rate ?? 0)));
      const isFailing = data.level === "err";
      const brief = isFailing || data.level === "warn" ? data.texts.errors : undefined;
      const rank = rankOf(edge, data, (isFailing ? 14 : 4) + busy);
      items.push({ draw: "pill", element: edge, data, rank, text, brief, lock });
    });
    return items.sort((a, b) => b.rank - a.rank || (a.data.id < b.data.id ? -1 : 1));
  }

  function shorten(context, font, text, limit) {
    if (widthOf(context, font, text) <= limit) return text;
    let low = 1;
    let high = text.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (widthOf(context, font, `${text.slice(0, middle)}…`) <= limit) low = middle;
      else high = middle - 1;
    }
    return `${text.slice(0, low)}…`;
  }

  function haloText(context, colours, text, x, y, colour) {
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = colours.page;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  function drawTitle(context, frame, taken, item, colours) {
    const bounds = item.element.boundingBox({ includeOverlays: false, includeLabels: false });
    const corner = mg.toScreen(frame, { x: bounds.x1, y: bounds.y1 });
    const isCluster = item.data.box === "cluster";
    const font = `${isCluster ? 700 : 600} 12px ${FONT}`;
    const room = Math.max(70, (bounds.x2 - bounds.x1) * frame.zoom - 8);
    let text = shorten(context, font, item.lines[0], 320);
    const box = { x: corner.x + 4, y: corner.y - 17, w: widthOf(context, font, text) + 4, h: 16 };
    if (!taken.isFree(box)) {
      text = shorten(context, font, item.lines[0], room);
      box.w = widthOf(context, font, text) + 4;
    }
    if (!isInView(frame, box) || !taken.isFree(box)) return;
    taken.take(box);
    context.font = font;
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    haloText(context, colours, text, box.x, corner.y - 5, isCluster ? colours.text : colours.dim);
  }

  /** Below the node; one that matters may also stand above it or beside it. */
  function placeName(frame, taken, center, { w, h }, mayMove) {
    const reach = NODE_RADIUS * frame.zoom + 4;
    const below = { x: center.x - w / 2, y: center.y + reach - 1, w, h };
    const others = [
      { x: center.x - w / 2, y: center.y - reach - h, w, h },
      { x: center.x + reach, y: center.y - h / 2, w, h },
      { x: center.x - reach - w, y: center.y - h / 2, w, h },
    ];
    if (!isInView(frame, below)) return null;
    return [below, ...(mayMove ? others : [])].find((box) => taken.isFree(box)) ?? null;
  }

  function drawName(context, frame, taken, item, colours) {
    const center = mg.toScreen(frame, item.element.position());
    const size = frame.zoom < 0.7 ? 11 : 12;
    const isStrong = item.data.level === "err" || item.element.selected();
    const mayMove = isStrong || item.data.shape === "namespace";
    const fonts = item.lines.map((_, i) => `${i === 0 && isStrong ? 600 : i === 0 ? 500 : 400} ${i ? size - 1 : size}px ${FONT}`);
    const lines = item.lines.map((line, i) => shorten(context, fonts[i], line, 170));
    const width = Math.max(...lines.map((line, i) => widthOf(context, fonts[i], line)));
    const shown = frame.zoom < 0.45 ? 1 : lines.length;
    const box = placeName(frame, taken, center, { w: width + 4, h: shown * (size + 2) + 1 }, mayMove);
    if (!box) return;
    taken.take(box);
    const top = box.y + 1;
    center.x = box.x + box.w / 2;
    context.textAlign = "center";
    context.textBaseline = "top";
    lines.slice(0, shown).forEach((line, i) => {
      context.font = fonts[i];
      haloText(context, colours, line, center.x, top + i * (size + 2), i ? colours.dim : colours.text);
    });
  }

  function pillBox(context, frame, item, font, text, part) {
    const curve = mg.curveOf(item.element);
    if (!curve) return null;
    const middle = mg.toScreen(frame, mg.pointAt(curve, part));
    const width = widthOf(context, font, text) + (text ? 10 : 4) + (item.lock ? 12 : 0);
    return { x: middle.x - width / 2, y: middle.y - 8, w: width, h: 16 };
  }

  function paintPill(context, item, font, text, box, colours) {
    if (text) {
      context.beginPath();
      context.roundRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1, 7);
      context.fillStyle = colours.surface;
      context.fill();
      context.lineWidth = 1.25;
      context.strokeStyle = colours.tones[item.data.tone] ?? colours.idle;
      context.stroke();
      context.font = font;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = item.data.level === "err" ? colours.err : colours.text;
      context.fillText(text, box.x + (box.w + (item.lock ? 12 : 0)) / 2, box.y + 8.5);
    }
    if (item.lock) mg.drawLock(context, box.x + (text ? 9 : 8), box.y + 8, item.lock, colours, !text);
  }

  /** The whole text where it fits, else only what fails. */
  function drawPill(context, frame, taken, item, colours) {
    if (!item.text && frame.zoom < 0.5) return;
    const font = `500 10.5px ${FONT}`;
    for (const text of new Set([item.text, item.brief ?? item.text])) {
      for (const part of [0.5, 0.36, 0.64, 0.25, 0.75]) {
        const box = pillBox(context, frame, item, font, text, part);
        if (!box || !isInView(frame, box)) return;
        if (!taken.isFree(box)) continue;
        taken.take(box);
        paintPill(context, item, font, text, box, colours);
        return;
      }
    }
  }

  /** Nodes keep their own place free of other nodes' names. */
  function takeNodes(cy, frame, taken) {
    const radius = 19 * frame.zoom;
    cy.nodes("[icon]").forEach((node) => {
      const center = mg.toScreen(frame, node.position());
      taken.take({ x: center.x - radius, y: center.y - radius, w: radius * 2, h: radius * 2 });
    });
  }

  const DRAW = { title: drawTitle, name: drawName, pill: drawPill };

  /** Draw all text into a context whose unit is a CSS pixel; used for the screen and for the exported image. */
  mg.drawLabels = (context, frame, colours) => {
    const taken = new Taken();
    takeNodes(mg.cy, frame, taken);
    for (const item of collect(mg.cy)) DRAW[item.draw](context, frame, taken, item, colours);
  };

  mg.on("mounted", (cy) => {
    const overlay = mg.addOverlay(cy, "labels");
    const draw = () => {
      overlay.clear();
      mg.drawLabels(overlay.context, mg.frameOf(cy), mg.colours());
    };
    let isAsked = false;
    mg.redrawLabels = () => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(() => {
        isAsked = false;
        draw();
      });
    };
    cy.on("render", draw);
    mg.on("params", mg.redrawLabels);
  });
})((window.meshgraph = window.meshgraph || {}));
