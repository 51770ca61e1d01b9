/** The instant that is looked at: live, or one chosen from the past. The walk through the past is replay.js. */
(function (mg) {
  "use strict";

  /** A native control with its attributes. */
  mg.make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  function build() {
    const choices = mg.make("div", { class: "mg-when-choices" });
    choices.append(
      mg.make("label", { for: "mg-at" }, "Look at an instant, your local time"),
      mg.make("input", { id: "mg-at", type: "datetime-local", step: "1" }),
      mg.make("button", { id: "mg-live", type: "button" }, "Follow the present"),
      mg.make("button", { id: "mg-walk", type: "button" }, "Replay the past"),
    );
    const details = mg.make("details", {});
    details.append(mg.make("summary", { id: "mg-when-now" }, "Live"), choices);
    mg.byId("mg-when").append(details);
    document.addEventListener("pointerdown", (event) => details.contains(event.target) || (details.open = false));
    details.addEventListener("keydown", (event) => event.key === "Escape" && (details.open = false));
  }

  const two = (number) => String(number).padStart(2, "0");

  /** Text of an instant for the address, to the second. */
  mg.instantText = (seconds) => new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");

  /** Unix seconds of the parameter `at`; null where it is live or cannot be read. */
  mg.chosenInstant = () => {
    const text = mg.state.get("at");
    if (!text) return null;
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
    return Number.isNaN(seconds) ? null : seconds;
  };

  function localText(seconds) {
    const d = new Date(seconds * 1000);
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  }

  /** Look at an instant (Unix seconds); null is the present. */
  mg.goTo = (seconds, options) => mg.state.set({ at: seconds === null ? "" : mg.instantText(seconds) }, options);

  function showWhen() {
    const at = mg.chosenInstant();
    const input = mg.byId("mg-at");
    if (document.activeElement !== input) input.value = at === null ? "" : localText(at);
    const now = mg.byId("mg-when-now");
    now.textContent = at === null ? "Live" : new Date(at * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "medium" });
    now.dataset.live = at === null ? "1" : "0";
  }

  mg.on("mounted", () => {
    build();
    mg.byId("mg-at").addEventListener("change", (event) => {
      const seconds = new Date(event.target.value).getTime() / 1000;
      mg.goTo(Number.isNaN(seconds) ? null : seconds);
    });
    mg.byId("mg-live").addEventListener("click", () => mg.state.set({ at: "", replay: "0" }));
    mg.byId("mg-walk").addEventListener("click", () => mg.state.set({ replay: "1" }));
    showWhen();
  });
  mg.on("params", (names) => mg.cy && names.has("at") && showWhen());
})((window.meshgraph = window.meshgraph || {}));
