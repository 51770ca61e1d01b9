/**
 * The time range of the pages made by callbacks: kept in the address, asked for on a tick and on every change.
 *
 * One question at a time: the next tick waits for the answer. What is asked goes into the store mg-time-asked, what
 * is on the screen comes back through mg-time-shown. The topology page has a feed of its own (feed.js).
 */
(function (mg) {
  "use strict";

  const PATIENCE_MS = 60000;
  let number = 0;
  let answered = 0;
  let paused = false;
  let timer = 0;
  let impatience = 0;
  let shown = null;
  let defaults = {};
  let controls = {};

  const bar = () => mg.byId("mg-time");
  const query = () => new URLSearchParams(location.search);
  const isLive = () => !query().get("at");
  const refreshSeconds = () => Math.max(1, mg.seconds(query().get("refresh") ?? defaults.refresh ?? "15s"));

  /** Change parameters of the address; null leaves one out. A step is undone by Back. */
  mg.setQuery = (changes, { isStep = false } = {}) => {
    const params = query();
    for (const [name, text] of Object.entries(changes)) {
      if (text === null || text === "" || text === defaults[name]) params.delete(name);
      else params.set(name, text);
    }
    const address = location.pathname + (params.size ? `?${params}` : "");
    if (address === location.pathname + location.search) return false;
    if (isStep) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
    return true;
  };

  function schedule() {
    clearTimeout(timer);
    if (!bar() || paused || document.hidden || !isLive()) return;
    timer = setTimeout(ask, refreshSeconds() * 1000);
  }

  /** Ask for what the address says. */
  function ask({ fresh = false } = {}) {
    clearTimeout(timer);
    if (!bar()) return;
    number += 1;
    const data = { number, path: location.pathname, query: location.search, fresh };
    dash_clientside.set_props(bar().dataset.asked, { data });
    bar().dataset.loading = "1";
    clearTimeout(impatience);
    impatience = setTimeout(giveUp, PATIENCE_MS, number);
  }
  mg.askAgain = ask;

  /** The dashboard itself does not answer: say so, and try again at the next tick. */
  function giveUp(asked) {
    if (answered >= asked || !bar()) return;
    delete bar().dataset.loading;
    bar().dataset.failing = "1";
    showAge();
    schedule();
  }

  function showAge() {
    const holder = bar()?.querySelector(".mg-age");
    if (!holder) return;
    const state = !isLive() ? "past" : paused ? "paused" : "live";
    const isNone = shown?.at == null;
    const words = isNone ? "no data yet" : `data ${mg.ageText(Date.now() / 1000 - shown.at)} old`;
    const text = bar().dataset.failing ? `no answer: ${words}` : { past: "past: ", paused: "paused: ", live: "" }[state] + words;
    if (holder.textContent !== text) holder.textContent = text;
    holder.dataset.state = isNone ? "none" : state;
    holder.title = shown?.at_text ? `Evaluated at ${shown.at_text}` : "";
  }

  function goTo(at) {
    if (!mg.setQuery({ at: at === null ? null : mg.instantText(at) }, { isStep: true })) return;
    showInstant();
    ask();
  }

  function build() {
    const holder = bar().querySelector(".mg-when");
    if (holder.childElementCount) return;
    const make = (tag, attributes, ...children) => {
      const element = Object.assign(document.createElement(tag), attributes);
      element.append(...children);
      return element;
    };
    const input = make("input", { type: "datetime-local", step: "1", className: "mg-time-at" });
    const live = make("button", { type: "button" }, "Follow the present");
    const label = make("label", {}, "Look at an instant, your local time", input);
    const details = make("details", {}, make("summary", {}, "Live"), make("div", { className: "mg-when-choices" }, label, live));
    holder.append(details);
    input.addEventListener("change", () => goTo(mg.readControl(input)));
    live.addEventListener("click", () => goTo(null));
  }

  function showInstant() {
    const at = mg.readInstant(query().get("at"));
    const summary = bar().querySelector(".mg-when summary");
    const input = bar().querySelector(".mg-time-at");
    summary.textContent = mg.whenText(at);
    summary.dataset.live = at === null ? "1" : "0";
    if (document.activeElement !== input) input.value = mg.controlText(at);
  }

  function start(settings) {
    defaults = settings;
    shown = null;
    build();
    showInstant();
    mg.byId("mg-time-pause").addEventListener("click", ({ currentTarget }) => {
      paused = !paused;
      currentTarget.setAttribute("aria-pressed", String(paused));
      showAge();
      if (paused) schedule();
      else ask();
    });
    mg.byId("mg-time-now").addEventListener("click", () => ask({ fresh: true }));
    mg.byId("mg-time-pause").setAttribute("aria-pressed", String(paused));
    showAge();
    ask();
  }

  setInterval(showAge, 1000);
  document.addEventListener("pointerdown", ({ target }) => {
    const details = bar()?.querySelector(".mg-when details");
    if (details && !details.contains(target)) details.open = false;
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : bar() && ask()));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.meshgraph = Object.assign(window.dash_clientside.meshgraph || {}, {
    /** Called by Dash when the bar appears, and with every choice in it. */
    onTimeBar(window_, refresh, settings) {
      const isNew = bar() && !bar().dataset.started;
      if (isNew) {
        bar().dataset.started = "1";
        controls = { window: window_, refresh };
        start(settings);
      } else if (controls.window !== window_) {
        controls = { window: window_, refresh };
        if (mg.setQuery({ window: window_ }, { isStep: true })) ask();
      } else if (controls.refresh !== refresh) {
        controls = { window: window_, refresh };
        mg.setQuery({ refresh });
        schedule();
      }
      return window.dash_clientside.no_update;
    },
    /** Called by Dash with what a page's callback put on the screen. */
    onShown(answer) {
      if (!answer || !bar()) return window.dash_clientside.no_update;
      answered = Math.max(answered, answer.number);
      if (answer.at !== null) shown = answer;
      if (answer.number === number) delete bar().dataset.loading;
      if (answer.is_failing) bar().dataset.failing = "1";
      else delete bar().dataset.failing;
      showAge();
      schedule();
      return window.dash_clientside.no_update;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
