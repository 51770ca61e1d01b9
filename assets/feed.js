/**
 * The feed: fetches the page's JSON twin, on a tick and when the view changes, and says how old the data is.
 *
 * One request at a time; a newer view aborts the older one. A failure leaves the last good picture in place.
 */
(function (mg) {
  "use strict";

  const TIMEOUT_MS = 60000;
  const RETRY_MS = 5000;
  const UNITS = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

  let controller = null;
  let etag = null;
  let asked = null;
  let timer = 0;
  let paused = false;
  let clockOffset = 0;
  let shownAt = null;
  // An expression that cannot be read changes nothing: the last good one stays in use.
  const EXPRESSIONS = ["find", "hide"];
  const accepted = { find: "", hide: "" };
  const rejected = {};
  const MOST_AHEAD = 80;
  const ahead = new Map(); // pictures of a replay's frames by their query, fetched before they are wanted

  /** Seconds of a duration such as 1m30s. */
  mg.seconds = (text) => {
    let total = 0;
    for (const [, count, unit] of text.matchAll(/(\d+)([wdhms])/g)) total += Number(count) * UNITS[unit];
    return total;
  };

  /** The server's present, Unix seconds. */
  mg.now = () => Date.now() / 1000 + clockOffset;

  const isLive = () => !mg.state.get("at");

  function schedule(delay) {
    clearTimeout(timer);
    if (paused || document.hidden || !isLive() || !mg.isHere()) return;
    timer = setTimeout(() => load(), delay ?? Math.max(1, mg.seconds(mg.state.get("refresh"))) * 1000);
  }

  async function readProblem(response) {
    try {
      return await response.json();
    } catch {
      return { type: "answer", title: `The dashboard answered ${response.status}`, detail: "", advice: "" };
    }
  }

  function learnClock(response) {
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) clockOffset = Math.abs(date - Date.now()) < 2000 ? 0 : (date - Date.now()) / 1000;
  }

  function accept(name) {
    accepted[name] = mg.state.get(name);
    dash_clientside.set_props(`mg-${name}`, { error: null });
  }

  /** What stands in for expressions that were rejected and not changed since. */
  function standIns() {
    for (const name of EXPRESSIONS) if (rejected[name] !== mg.state.get(name)) delete rejected[name];
    return Object.fromEntries(Object.keys(rejected).map((name) => [name, accepted[name]]));
  }

  function fail(problem) {
    const name = problem.parameter;
    if (!EXPRESSIONS.includes(name) || name in rejected) return mg.emit("failed", problem);
    rejected[name] = mg.state.get(name);
    dash_clientside.set_props(`mg-${name}`, { error: [problem.detail, problem.advice].filter(Boolean).join(" ") });
    return setTimeout(load);
  }

  function addressOf(query, fresh) {
    const more = [fresh && "fresh=1", mg.doubtsAt() && `doubts_at=${mg.doubtsAt()}`];
    return `${mg.config().twin}?${[query, ...more].filter(Boolean).join("&")}`;
  }

  /** Fetch the view with other parameters before it is wanted. */
  mg.readAhead = (changes) => {
    const query = mg.state.viewQuery({ ...standIns(), ...changes });
    if (ahead.has(query)) return;
    if (ahead.size >= MOST_AHEAD) ahead.delete(ahead.keys().next().value);
    const read = (response) => (response.ok ? response.json() : null);
    ahead.set(query, fetch(addressOf(query), { cache: "no-store" }).then(read).catch(() => null));
  };
  /** Forget what was fetched ahead: another view is looked at. */
  mg.forgetAhead = () => ahead.clear();

  /** Query of a view without some parameters; without its instant it stays while time passes. */
  function without(query, ...names) {
    const params = new URLSearchParams(query ?? "none");
    names.forEach((name) => params.delete(name));
    return params.toString();
  }

  async function ask(query, fresh, signal) {
    const early = fresh ? null : await ahead.get(query);
    if (signal.aborted) return undefined;
    if (early) return arrive(early, query, null);
    ahead.delete(query);
    const headers = etag && asked === query && !fresh ? { "If-None-Match": etag } : {};
    const response = await fetch(addressOf(query, fresh), { headers, signal, cache: "no-store" });
    learnClock(response);
    if (response.status === 304) return mg.emit("unchanged");
    if (!response.ok) return fail(await readProblem(response));
    return arrive(await response.json(), query, response.headers.get("ETag"));
  }

  function arrive(picture, query, tag) {
    // Live is a little behind the moment that Refresh asked for: time never runs backwards on the screen.
    if (isLive() && asked === query && picture.at < shownAt) return mg.emit("unchanged");
    for (const name of EXPRESSIONS) if (!(name in rejected)) accept(name);
    const isNewView = without(asked, "at") !== without(query, "at");
    const isNarrowing = isNewView && without(asked, "at", "focus", "hops") === without(query, "at", "focus", "hops");
    etag = tag;
    asked = query;
    shownAt = picture.at;
    mg.picture = picture;
    return mg.emit("picture", { picture, isNewView, isNarrowing });
  }

  /** Fetch the present view. `fresh` passes every cache. */
  async function load({ fresh = false } = {}) {
    clearTimeout(timer);
    controller?.abort();
    if (!mg.isHere()) return;
    const mine = (controller = new AbortController());
    const limit = setTimeout(() => mine.abort("timeout"), TIMEOUT_MS);
    const query = mg.state.viewQuery(standIns());
    mg.emit("loading", { isNewView: query !== asked && !mg.isPlaying() });
    let retry;
    try {
      await ask(query, fresh, mine.signal);
    } catch (error) {
      if (mine.signal.aborted && mine.signal.reason !== "timeout") return;
      mg.emit("failed", {
        type: "unreachable",
        title: "The dashboard does not answer",
        detail: mine.signal.aborted ? `No answer within ${TIMEOUT_MS / 1000} s.` : "The connection failed.",
        advice: "It is asked again every few seconds.",
      });
      retry = RETRY_MS;
    } finally {
      clearTimeout(limit);
    }
    if (mine === controller) {
      mg.emit("loaded");
      schedule(retry);
    }
  }

  function showAge() {
    const holder = mg.byId("mg-age");
    if (!holder) return;
    const words = shownAt == null ? "no data yet" : `data ${mg.ageText(mg.now() - shownAt)} old`;
    const state = !isLive() ? "past" : paused ? "paused" : "live";
    const prefix = { past: "past: ", paused: "paused: ", live: "" }[state];
    if (holder.textContent !== prefix + words) holder.textContent = prefix + words;
    holder.dataset.state = state;
    holder.title = mg.picture?.at_text ? `Evaluated at ${mg.picture.at_text}` : "";
  }

  /** Stop or resume the tick. */
  mg.pause = (value = !paused) => {
    paused = value;
    const button = mg.byId("mg-pause");
    button?.setAttribute("aria-pressed", String(paused));
    showAge();
    if (paused) schedule();
    else load();
  };
  mg.reload = load;

  async function loadNamespaces() {
    const response = await fetch(mg.config().namespaces, { cache: "no-store" }).catch(() => null);
    if (!response?.ok) return;
    const chosen = mg.state.get("namespaces").split(",").filter(Boolean);
    const names = [...new Set([...(await response.json()), ...chosen])].sort();
    dash_clientside.set_props("mg-namespaces", { data: names.map((name) => ({ value: name, label: name })) });
  }

  mg.on("page", () => mg.cy && load());
  mg.on("mounted", () => {
    load();
    loadNamespaces();
    setInterval(showAge, 1000);
    mg.byId("mg-refresh-now").addEventListener("click", () => load({ fresh: true }));
    mg.byId("mg-pause").addEventListener("click", () => mg.pause());
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : load()));
  });
  mg.on("params", (names) => {
    if (!mg.cy) return;
    if ([...names].some(mg.state.isOfView)) load();
    else if (names.has("refresh")) schedule();
  });
  mg.on("picture", showAge);
})((window.meshgraph = window.meshgraph || {}));
