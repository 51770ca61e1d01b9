/**
 * The page's state: the text of every parameter, kept in the address and in the controls.
 *
 * The address holds only what differs from the defaults. It is written with replaceState, or pushState on a big
 * step (Back undoes it); Dash's own Location would rebuild the page.
 */
(function (mg) {
  "use strict";

  /** Parameters whose change is a step that Back undoes. */
  const STEPS = new Set(["namespaces", "graph_type", "window", "at", "unfolded", "selected", "table", "focus", "hops", "trace"]);
  /** Parameters that only the page reads; the twin is never asked for them. */
  const PAGE_ONLY = new Set([
    "refresh", "colour", "labels", "animation", "mtls", "minimap", "legend", "panel", "table", "selected", "replay", "trace",
  ]);

  const NARROW = "(max-width: 1000px)";

  let config = null;
  let params = new Map();
  let shown = new Map();

  /** Static configuration that the server put into the layout. */
  mg.config = () => config;
  /** Whether the topology page is the one that is shown. */
  mg.isHere = () => config !== null && location.pathname === config.page;

  function writeValue(control, value, parameter) {
    if (control.kind === "flags") return (value || []).includes(parameter) ? "1" : "0";
    if (control.kind === "names") return [...(value || [])].sort().join(",") || control.none;
    return value == null ? "" : String(value);
  }

  function readValue(control, texts) {
    if (control.kind === "flags") return control.parameters.filter((p) => texts(p) === "1");
    const text = texts(control.parameters[0]);
    if (control.kind === "names") return text === control.none ? [] : text.split(",").filter(Boolean);
    return text;
  }

  /** What the address says; a value that the page cannot show is left out and said. */
  function readAddress() {
    const found = new Map();
    mg.misread = [];
    for (const [name, text] of new URLSearchParams(location.search)) {
      if (!(name in config.defaults) || text === config.defaults[name]) continue;
      const known = config.choices[name];
      const wrong = known && text.split(",").find((part) => !known.includes(part));
      if (wrong === undefined) found.set(name, text);
      else mg.misread.push(`${name}: '${wrong.slice(0, 80)}' is not understood. It takes ${known.join(", ")}.`);
    }
    return found;
  }

  function writeAddress(push) {
    const query = new URLSearchParams([...params].sort()).toString();
    const address = location.pathname + (query ? `?${query}` : "");
    if (address === location.pathname + location.search) return;
    if (push) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
  }

  /** Put the state into the controls that show something else. */
  function showControls() {
    for (const control of config.controls) {
      const differs = control.parameters.some((p) => shown.get(p) !== mg.state.get(p));
      if (!differs) continue;
      for (const p of control.parameters) shown.set(p, mg.state.get(p));
      dash_clientside.set_props(control.id, { value: readValue(control, mg.state.get) });
    }
  }

  mg.state = {
    /** Text of a parameter; the default where nothing else was chosen. */
    get: (name) => params.get(name) ?? config.defaults[name] ?? "",
    /** Whether a parameter of flags is set. */
    has: (name) => mg.state.get(name) === "1",

    /** Change parameters: {name: text}; null is back to the default. */
    set(changes, { silent = false } = {}) {
      const changed = [];
      for (const [name, text] of Object.entries(changes)) {
        const value = text ?? config.defaults[name];
        if (mg.state.get(name) === value) continue;
        if (value === config.defaults[name]) params.delete(name);
        else params.set(name, value);
        changed.push(name);
      }
      if (!changed.length) return;
      writeAddress(changed.some((name) => STEPS.has(name)) && !silent);
      showControls();
      mg.emit("params", new Set(changed));
    },

    /** Query string of the view, for the twin; a parameter of `instead` has that text. */
    viewQuery(instead = {}) {
      const query = new URLSearchParams();
      for (const [name, text] of [...params].sort()) {
        const value = instead[name] ?? text;
        if (!PAGE_ONLY.has(name) && value !== config.defaults[name]) query.set(name, value);
      }
      return query.toString();
    },

    /** Whether a parameter belongs to the view, so that a change asks for another graph. */
    isOfView: (name) => !PAGE_ONLY.has(name),
  };

  /** Take the state from the address: at the start, and after Back or Forward. */
  function restore() {
    const before = params;
    params = readAddress();
    showControls();
    const names = new Set([...before.keys(), ...params.keys()]);
    const changed = [...names].filter((name) => before.get(name) !== params.get(name));
    if (changed.length) mg.emit("params", new Set(changed));
  }

  /** Read what the controls hold; the first call only learns what they begin with. */
  function takeControls(values) {
    const changes = {};
    config.controls.forEach((control, place) => {
      for (const parameter of control.parameters) {
        const text = writeValue(control, values[place], parameter);
        if (shown.get(parameter) === text) continue;
        shown.set(parameter, text);
        changes[parameter] = text;
      }
    });
    return changes;
  }

  function start(values, settings) {
    config = settings;
    // Where the panel would cover the graph it waits for a selection.
    if (matchMedia(NARROW).matches) config.defaults.panel = "0";
    takeControls(values);
    restore();
    window.addEventListener("popstate", () => mg.isHere() && restore());
    mg.on("page", () => mg.isHere() && restore());
    mg.emit("started");
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.meshgraph = Object.assign(window.dash_clientside.meshgraph || {}, {
    /** Called by Dash: the value of every control in the order of the table, then the configuration. */
    onControls(...values) {
      const settings = values.pop();
      if (!config) {
        start(values, settings);
      } else {
        mg.state.set(takeControls(values));
      }
      return window.dash_clientside.no_update;
    },
    /** Called by Dash when the address names another page. */
    onPathname(pathname) {
      document.body.dataset.page = pathname;
      mg.emit("page", pathname);
      return window.dash_clientside.no_update;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
