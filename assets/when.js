/** The instant that is looked at: live, a chosen one, or a walk through the past (replay). */
(function (mg) {
  "use strict";

  const FRAMES = 60;
  const SPANS = { "5m": "last 5 min", "10m": "last 10 min", "30m": "last 30 min", "1h": "last hour", "6h": "last 6 h", "1d": "last day" };
  const SPEEDS = { 1500: "slow", 700: "medium", 250: "fast" };
  let timer = 0;
  let span = null;

  /** A native control with its attributes. */
  function make(tag, attributes, text) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  }

  function select(id, label, words, chosenValue) {
    const element = make("select", { id, "aria-label": label });
    for (const [value, text] of Object.entries(words)) element.append(make("option", { value }, text));
    element.value = chosenValue;
    return element;
  }

  function button(id, label, picture) {
    const element = make("button", { id, type: "button", "aria-label": label, title: label, "aria-pressed": "false" });
    element.append(make("span", { class: `mg-icon mg-icon-${picture}`, "aria-hidden": "true" }));
    return element;
  }

  function build() {
    const choices = make("div", { class: "mg-when-choices" });
    choices.append(
      make("label", { for: "mg-at" }, "Look at an instant, your local time"),
      make("input", { id: "mg-at", type: "datetime-local", step: "1" }),
      make("button", { id: "mg-live", type: "button" }, "Follow the present"),
      make("button", { id: "mg-walk", type: "button" }, "Replay the past"),
    );
    const details = make("details", {});
    details.append(make("summary", { id: "mg-when-now" }, "Live"), choices);
    mg.byId("mg-when").append(details);
    document.addEventListener("pointerdown", (event) => details.contains(event.target) || (details.open = false));
    mg.byId("mg-replay").append(
      button("mg-replay-play", "Play or stop", "play"),
      make("input", { id: "mg-replay-slider", type: "range", min: "0", max: String(FRAMES), "aria-label": "Instant" }),
      make("output", { id: "mg-replay-time" }),
      select("mg-replay-span", "Length of the replay", SPANS, "30m"),
      select("mg-replay-speed", "Speed", SPEEDS, "700"),
      button("mg-replay-close", "Back to live", "close"),
    );
  }

  const two = (number) => String(number).padStart(2, "0");

  /** Text of an instant for the address, to the second. */
  function instantText(seconds) {
    return new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");
  }

  /** Unix seconds of the parameter `at`; null where it is live or cannot be read. */
  function chosen() {
    const text = mg.state.get("at");
    if (!text) return null;
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
    return Number.isNaN(seconds) ? null : seconds;
  }

  function localText(seconds) {
    const d = new Date(seconds * 1000);
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  }

  function go(seconds, options) {
    mg.state.set({ at: seconds === null ? "" : instantText(seconds) }, options);
  }

  // -- replay: a span that ends now or where the person was, in equal steps
  function length() {
    return mg.seconds(mg.byId("mg-replay-span").value);
  }

  function openSpan() {
    const end = chosen() ?? mg.now();
    span = { start: end - length(), end };
  }

  function frameOf(seconds) {
    return Math.round(((seconds - span.start) / (span.end - span.start)) * FRAMES);
  }

  function showFrame(frame) {
    const seconds = span.start + ((span.end - span.start) * frame) / FRAMES;
    go(seconds, { silent: true });
  }

  function isPlaying() {
    return mg.byId("mg-replay-play").getAttribute("aria-pressed") === "true";
  }

  function setPlaying(value) {
    mg.byId("mg-replay-play").setAttribute("aria-pressed", String(value));
    clearTimeout(timer);
    if (value) next();
  }

  /** The next frame waits for the present one: a slow source slows the replay, it never skips. */
  function next() {
    const slider = mg.byId("mg-replay-slider");
    const frame = Number(slider.value) + 1;
    if (frame > FRAMES) return setPlaying(false);
    slider.value = String(frame);
    return showFrame(frame);
  }

  function afterFrame() {
    clearTimeout(timer);
    if (mg.state.has("replay") && isPlaying()) timer = setTimeout(next, Number(mg.byId("mg-replay-speed").value));
  }

  function showWhen() {
    const at = chosen();
    const input = mg.byId("mg-at");
    if (document.activeElement !== input) input.value = at === null ? "" : localText(at);
    const now = mg.byId("mg-when-now");
    now.textContent = at === null ? "Live" : new Date(at * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "medium" });
    now.dataset.live = at === null ? "1" : "0";
    if (!span) return;
    mg.byId("mg-replay-slider").value = String(frameOf(at ?? span.end));
    mg.byId("mg-replay-time").textContent = new Date((at ?? span.end) * 1000).toLocaleString();
  }

  function onReplay() {
    if (mg.state.has("replay")) {
      openSpan();
      showFrame(FRAMES);
    } else {
      setPlaying(false);
      span = null;
      go(null);
    }
  }

  mg.on("mounted", () => {
    build();
    if (mg.state.has("replay")) openSpan();
    mg.byId("mg-at").addEventListener("change", (event) => {
      const seconds = new Date(event.target.value).getTime() / 1000;
      go(Number.isNaN(seconds) ? null : seconds);
    });
    mg.byId("mg-live").addEventListener("click", () => mg.state.set({ at: "", replay: "0" }));
    mg.byId("mg-walk").addEventListener("click", () => mg.state.set({ replay: "1" }));
    mg.byId("mg-replay-play").addEventListener("click", () => {
      const slider = mg.byId("mg-replay-slider");
      if (!isPlaying() && Number(slider.value) >= FRAMES) slider.value = "-1";
      setPlaying(!isPlaying());
    });
    mg.byId("mg-replay-slider").addEventListener("input", (event) => {
      setPlaying(false);
      clearTimeout(timer);
      timer = setTimeout(() => showFrame(Number(event.target.value)), 120);
    });
    mg.byId("mg-replay-span").addEventListener("change", () => {
      openSpan();
      showFrame(0);
    });
    mg.byId("mg-replay-close").addEventListener("click", () => mg.state.set({ replay: "0" }));
    showWhen();
  });
  mg.on("params", (names) => {
    if (!mg.cy) return;
    if (names.has("replay")) onReplay();
    if (names.has("at") || names.has("replay")) showWhen();
  });
  mg.on("loaded", afterFrame);
})((window.meshgraph = window.meshgraph || {}));
