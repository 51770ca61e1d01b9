/**
 * Replay: a walk through the past in equal steps. The server makes all frames ready at once and tells their totals,
 * which stand as a strip above the slider: one sees when it went wrong before one goes there.
 */
(function (mg) {
  "use strict";

  const SPANS = {
    "5m": "5 min", "10m": "10 min", "30m": "30 min", "1h": "1 hour", "3h": "3 hours", "6h": "6 hours", "12h": "12 hours", "1d": "1 day",
  };
  /** A replay is at least so many windows long: frames of one window tell almost the same. */
  const WINDOWS = 6;
  const STEPS = [5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800];
  const MOST_STEPS = 60;
  const SPEEDS = { 1500: "slow", 700: "medium", 250: "fast" };
  const AHEAD = 3;

  let walk = null; // {start, end, step, last, frames, state: "preparing" | "ready" | "failed"}
  let isPlaying = false;
  let timer = 0;
  let controller = null;

  // -- the bar
  function select(id, label, words) {
    const element = mg.make("select", { id, "aria-label": label, title: label });
    for (const [value, text] of Object.entries(words)) element.append(mg.make("option", { value }, text));
    return element;
  }

  function button(id, label, picture) {
    const element = mg.make("button", { id, type: "button", "aria-label": label, title: label });
    element.append(mg.make("span", { class: `mg-icon mg-icon-${picture}`, "aria-hidden": "true" }));
    return element;
  }

  function build() {
    const strip = mg.make("div", { id: "mg-replay-strip", class: "mg-replay-strip", "aria-hidden": "true" });
    const row = mg.make("div", { class: "mg-replay-row" });
    row.append(
      button("mg-replay-back", "One step back (←)", "back"),
      button("mg-replay-play", "Play or stop (space)", "play"),
      button("mg-replay-next", "One step on (→)", "forward"),
      mg.make("output", { id: "mg-replay-time" }),
      mg.make("span", { id: "mg-replay-note", role: "status" }),
      button("mg-replay-worst", "Go to the frame with most errors", "worst"),
      select("mg-replay-span", "Length of the replay", SPANS),
      select("mg-replay-speed", "Speed", SPEEDS),
      button("mg-replay-close", "Back to live (H)", "close"),
    );
    const slider = mg.make("input", { id: "mg-replay-slider", type: "range", min: "0", "aria-label": "Instant" });
    mg.byId("mg-replay").append(strip, slider, row);
    mg.byId("mg-replay-speed").value = "700";
    mg.byId("mg-replay-worst").append(mg.make("span", { id: "mg-replay-worst-text" }));
  }

  const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { timeStyle: "medium" });
  const instantOf = (place) => walk.start + walk.step * place;
  const clamp = (place) => Math.min(walk.last, Math.max(0, place));
  const placeNow = () => clamp(Math.round(((mg.chosenInstant() ?? walk.end) - walk.start) / walk.step));

  function bar(frame, most) {
    const holder = mg.make("i", { "data-level": frame.level, title: `${clock(frame.at)}\n${frame.text}` });
    holder.style.setProperty("--rate", String(most.rate ? (frame.rate ?? 0) / most.rate : 0));
    holder.style.setProperty("--errors", String(frame.errors ? Math.max(0.05, frame.errors / most.errors) : 0));
    return holder;
  }

  function showStrip() {
    const strip = mg.byId("mg-replay-strip");
    const frames = walk.frames ?? [];
    const most = {
      rate: Math.max(0, ...frames.map((frame) => frame.rate ?? 0)),
      errors: Math.max(0.01, ...frames.map((frame) => frame.errors ?? 0)),
    };
    const empty = Array.from({ length: walk.last + 1 }, () => mg.make("i", {}));
    strip.replaceChildren(...(frames.length ? frames.map((frame) => bar(frame, most)) : empty));
    strip.dataset.state = walk.state;
    const worst = worstPlace();
    mg.byId("mg-replay-worst").hidden = worst === null;
    if (worst !== null) mg.byId("mg-replay-worst-text").textContent = `worst ${clock(frames[worst].at)}`;
  }

  function worstPlace() {
    let worst = null;
    (walk.frames ?? []).forEach((frame, place) => {
      if (frame.errors && (worst === null || frame.errors > walk.frames[worst].errors)) worst = place;
    });
    return worst;
  }

  function note(text, isFailure = false) {
    const holder = mg.byId("mg-replay-note");
    holder.textContent = text;
    holder.title = text;
    holder.dataset.failing = isFailure ? "1" : "0";
  }

  function showPlace() {
    if (!walk) return;
    const place = placeNow();
    const slider = mg.byId("mg-replay-slider");
    slider.max = String(walk.last);
    slider.value = String(place);
    const at = instantOf(place);
    const day = new Date(at * 1000).toLocaleDateString([], { day: "numeric", month: "short" });
    mg.byId("mg-replay-time").textContent = `${day}, ${clock(at)}`;
    const frame = walk.frames?.[place];
    slider.setAttribute("aria-valuetext", [clock(at), frame?.text].filter(Boolean).join(", "));
    [...mg.byId("mg-replay-strip").children].forEach((child, i) => child.toggleAttribute("data-here", i === place));
    if (walk.state === "ready") note(frame?.text ?? "");
  }

  // -- which frames
  function stepOf(length) {
    return STEPS.find((step) => length / step <= MOST_STEPS) ?? STEPS[STEPS.length - 1];
  }

  function spanOfWindow() {
    const wanted = WINDOWS * mg.seconds(mg.state.get("window"));
    return Object.keys(SPANS).find((span) => mg.seconds(span) >= wanted) ?? "1d";
  }

  /** The frames end at the present; where an instant was chosen, it stands in the middle as far as the present allows. */
  function lay() {
    const length = mg.seconds(mg.byId("mg-replay-span").value);
    const step = stepOf(length);
    const newest = Math.min(mg.now(), mg.state.get("at") ? Infinity : mg.picture?.at ?? Infinity);
    const chosen = mg.chosenInstant();
    const end = Math.floor(Math.min(newest, chosen === null ? Infinity : chosen + length / 2) / step) * step;
    walk = { start: end - length, end, step, last: Math.round(length / step), frames: null, state: "preparing" };
  }

  async function fetchFrames(mine) {
    const query = new URLSearchParams(mg.state.viewQuery());
    query.delete("at");
    query.set("start", String(mine.start));
    query.set("end", String(mine.end));
    query.set("step", `${mine.step}s`);
    controller?.abort();
    controller = new AbortController();
    const response = await fetch(`${mg.config().twin}/replay?${query}`, { cache: "no-store", signal: controller.signal });
    const answer = await response.json();
    if (!response.ok) throw new Error([answer.title, answer.detail].filter(Boolean).join(": "));
    return answer;
  }

  /** Have the server make all frames ready; without that each frame asks for itself, slower and with the same numbers. */
  async function prepare() {
    const mine = walk;
    mg.forgetAhead();
    note(`fetching ${mine.last + 1} frames…`);
    showStrip();
    showPlace();
    try {
      mine.frames = await fetchFrames(mine);
      mine.state = "ready";
    } catch (error) {
      if (error.name === "AbortError" || mine !== walk) return;
      mine.state = "failed";
      note(`Each frame is fetched by itself. ${error.message}`, true);
    }
    if (mine !== walk) return;
    showStrip();
    showPlace();
    readAhead();
    if (isPlaying) goOn();
  }

  // -- walking
  function show(place) {
    mg.goTo(instantOf(clamp(place)), { silent: true });
  }

  function readAhead() {
    if (walk?.state !== "ready") return;
    for (let i = 1; i <= AHEAD; i += 1) {
      if (placeNow() + i <= walk.last) mg.readAhead({ at: mg.instantText(instantOf(placeNow() + i)) });
    }
  }

  function play(value) {
    isPlaying = value;
    mg.byId("mg-replay-play").setAttribute("aria-pressed", String(value));
    clearTimeout(timer);
    if (!value) return mg.emit("rest");
    return goOn(placeNow() >= walk.last ? 0 : placeNow() + 1);
  }

  /** The next frame waits for the present one: a slow source slows the replay, it never skips. */
  function goOn(place = placeNow() + 1) {
    clearTimeout(timer);
    if (!walk || !isPlaying || walk.state === "preparing") return;
    if (place > walk.last) play(false);
    else show(place);
  }

  function step(by) {
    play(false);
    show(placeNow() + by);
  }

  function afterFrame() {
    if (!walk) return;
    readAhead();
    clearTimeout(timer);
    if (isPlaying) timer = setTimeout(goOn, Number(mg.byId("mg-replay-speed").value));
  }

  /** The bar takes room from the graph: what was in view as a whole stays so. */
  function makeRoom() {
    const view = mg.cy.extent();
    const bounds = mg.cy.elements().boundingBox();
    const isWhole = view.x1 <= bounds.x1 && view.y1 <= bounds.y1 && view.x2 >= bounds.x2 && view.y2 >= bounds.y2;
    requestAnimationFrame(() => {
      mg.cy.resize();
      if (isWhole) mg.fit();
    });
  }

  function open() {
    makeRoom();
    mg.byId("mg-replay-span").value = spanOfWindow();
    lay();
    show(placeNow());
    prepare();
  }

  function close() {
    makeRoom();
    play(false);
    controller?.abort();
    walk = null;
    mg.forgetAhead();
    mg.goTo(null);
  }

  const KEYS = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => step(-Infinity),
    End: () => step(Infinity),
    " ": () => play(!isPlaying),
  };

  function onKey(event) {
    if (!walk || event.ctrlKey || event.metaKey || event.altKey || !mg.isHere() || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, button, summary, a, [role=listbox], [role=dialog], [role=treegrid]")) return;
    if (!KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  }

  /** Instant whose doubts every frame carries, so that frames ask for none; "" outside of a replay. */
  mg.doubtsAt = () => (walk?.state === "ready" ? mg.instantText(walk.end) : "");
  /** Whether frames follow one another by themselves. */
  mg.isPlaying = () => isPlaying;

  mg.on("mounted", () => {
    build();
    mg.byId("mg-replay-play").addEventListener("click", () => play(!isPlaying));
    mg.byId("mg-replay-back").addEventListener("click", () => step(-1));
    mg.byId("mg-replay-next").addEventListener("click", () => step(1));
    mg.byId("mg-replay-worst").addEventListener("click", () => step(worstPlace() - placeNow()));
    mg.byId("mg-replay-close").addEventListener("click", () => mg.state.set({ replay: "0" }));
    mg.byId("mg-replay-slider").addEventListener("input", (event) => {
      play(false);
      const place = Number(event.target.value);
      timer = setTimeout(() => show(place), 60);
    });
    mg.byId("mg-replay-strip").addEventListener("click", (event) => {
      const place = [...event.currentTarget.children].indexOf(event.target.closest("i"));
      if (place >= 0) step(place - placeNow());
    });
    mg.byId("mg-replay-span").addEventListener("change", () => {
      lay();
      show(placeNow());
      prepare();
    });
    document.addEventListener("keydown", onKey);
    // After all others have made their parts.
    if (mg.state.has("replay")) setTimeout(open);
  });
  mg.on("params", (names) => {
    if (!mg.cy) return;
    if (names.has("replay")) return mg.state.has("replay") ? open() : close();
    if (!walk) return;
    if ([...names].some((name) => name !== "at" && mg.state.isOfView(name))) prepareAnew(names);
    else if (names.has("at")) showPlace();
  });

  /** Another view: its own frames, of the same instants unless the window changed. */
  function prepareAnew(names) {
    if (names.has("window")) mg.byId("mg-replay-span").value = spanOfWindow();
    if (names.has("window")) lay();
    else walk = { ...walk, frames: null, state: "preparing" };
    prepare();
  }

  mg.on("loaded", afterFrame);
})((window.meshgraph = window.meshgraph || {}));
