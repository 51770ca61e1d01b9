/** The whole trace in a strip: a line for every span, the part of time looked at in a frame; a drag chooses another. */
(function (mg) {
  "use strict";

  const HEIGHT = 64;
  const SHORTEST_DRAG_PX = 3;
  let drag = null;

  const holder = () => mg.byId("mgt-minimap");

  function colours() {
    const style = getComputedStyle(holder());
    const own = (name) => style.getPropertyValue(name).trim();
    return {
      error: own("--mg-err"),
      path: own("--mgt-path"),
      frame: own("--mantine-primary-color-filled"),
      services: Array.from({ length: 12 }, (_, number) => own(`--mgt-service-${number}`)),
    };
  }

  function drawSpans(context, width, palette) {
    const { rows, duration, path } = mg.trace.payload();
    const scale = width / Math.max(1, duration);
    const count = rows.start.length;
    const step = (HEIGHT - 8) / Math.max(count, 12);
    const thickness = Math.max(1, Math.min(4, step * 0.8));
    for (let row = 0; row < count; row += 1) {
      const isError = mg.trace.hasFlag(row, "error");
      context.fillStyle = isError ? palette.error : palette.services[rows.service[row] % 12];
      const y = 4 + row * step;
      context.fillRect(rows.start[row] * scale, y, Math.max(1, Math.max(0, rows.duration[row]) * scale), thickness);
    }
    context.fillStyle = palette.path;
    for (const [row, pieces] of Object.entries(path)) {
      for (const [from, to] of pieces) context.fillRect(from * scale, 4 + row * step + thickness / 2, Math.max(1, (to - from) * scale), 1);
    }
  }

  function drawFrame(context, width, palette) {
    const { duration } = mg.trace.payload();
    const [from, to] = drag ? [...drag.range].sort((a, b) => a - b) : mg.trace.range();
    const [left, right] = [from, to].map((us) => (us / Math.max(1, duration)) * width);
    if (!drag && mg.trace.isWhole()) return;
    context.globalAlpha = 0.14;
    context.fillStyle = palette.frame;
    context.fillRect(0, 0, left, HEIGHT);
    context.fillRect(right, 0, width - right, HEIGHT);
    context.globalAlpha = 1;
    context.strokeStyle = palette.frame;
    context.lineWidth = 2;
    context.strokeRect(left + 1, 1, Math.max(2, right - left - 2), HEIGHT - 2);
  }

  function draw() {
    const canvas = holder()?.querySelector("canvas");
    if (!canvas || !mg.trace.payload()) return;
    const width = holder().clientWidth;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = HEIGHT * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const palette = colours();
    drawSpans(context, width, palette);
    drawFrame(context, width, palette);
  }

  function instant(event) {
    const box = holder().getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return part * mg.trace.payload().duration;
  }

  function onDown(event) {
    if (event.button || !mg.trace.payload()) return;
    holder().setPointerCapture(event.pointerId);
    const at = instant(event);
    drag = { x: event.clientX, range: [at, at] };
  }
  function onMove(event) {
    if (!drag) return;
    drag.range[1] = instant(event);
    draw();
  }
  function onUp(event) {
    if (!drag) return;
    const { x, range } = drag;
    drag = null;
    if (Math.abs(event.clientX - x) >= SHORTEST_DRAG_PX) mg.trace.zoom(Math.min(...range), Math.max(...range));
    else draw();
  }

  /** Called when the page is there. */
  mg.trace.followMinimap = () => {
    const strip = holder();
    strip.replaceChildren(document.createElement("canvas"));
    strip.addEventListener("pointerdown", onDown);
    strip.addEventListener("pointermove", onMove);
    strip.addEventListener("pointerup", onUp);
    strip.addEventListener("dblclick", () => mg.trace.zoomOut());
    new ResizeObserver(draw).observe(strip);
  };

  for (const event of ["trace", "trace-zoom"]) mg.on(event, draw);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
})((window.meshgraph = window.meshgraph || {}));
