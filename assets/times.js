/** Instants and lengths of time as texts: in the address, in a native control, for a person. */
(function (mg) {
  "use strict";

  const two = (number) => String(number).padStart(2, "0");

  /** How long ago something was, to its largest unit. */
  mg.ageText = (seconds) => {
    if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
  };

  /** Text of an instant (Unix seconds) for the address, to the second. */
  mg.instantText = (seconds) => new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");

  /** Unix seconds of the text of an instant; null where there is none or it cannot be read. */
  mg.readInstant = (text) => {
    if (!text) return null;
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
    return Number.isNaN(seconds) ? null : seconds;
  };

  /** Value of a native control for an instant, in local time; empty without one. */
  mg.controlText = (seconds) => {
    if (seconds === null) return "";
    const d = new Date(seconds * 1000);
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  };

  /** What a person chose in such a control, Unix seconds; null where it is empty. */
  mg.readControl = (input) => (input.value ? mg.readInstant(new Date(input.value).toISOString()) : null);

  /** An instant for a person, in local time; without one, the present. */
  mg.whenText = (seconds) =>
    seconds === null ? "Live" : new Date(seconds * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "medium" });

  /** Text of a length of time as the server writes it: 1h30m. */
  mg.durationText = (seconds) => {
    let left = seconds;
    return [["w", 604800], ["d", 86400], ["h", 3600], ["m", 60], ["s", 1]]
      .map(([unit, size]) => {
        const count = Math.floor(left / size);
        left -= count * size;
        return count ? `${count}${unit}` : "";
      })
      .join("");
  };
})((window.meshgraph = window.meshgraph || {}));
