/** The canary pages: since when requests are counted is kept in the address. */
(function (mg) {
  "use strict";

  window.dash_clientside = window.dash_clientside || {};
  const ours = (window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {});

  /** The control changed: write it, and ask anew where that is news. */
  ours.onAnchor = (value) => {
    if (mg.setQuery({ anchor: value === "auto" ? null : value })) mg.askAgain();
    return window.dash_clientside.no_update;
  };
})((window.meshgraph = window.meshgraph || {}));
