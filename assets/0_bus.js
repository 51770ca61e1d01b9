/**
 * The bus: the page's scripts tell one another what happened and do not know each other. Loaded first.
 *
 *   started                         the configuration is read, the state is taken from the address
 *   mounted   cy                    the graph is there, empty
 *   params    Set of names          the state changed
 *   loading   {isNewView}           a picture is asked for
 *   picture   {picture, isNewView, isNarrowing}  it arrived; narrowing is a new focus in the same view
 *   applied   {isNewSet, isFirst, isNewView, isFitted}  it is on the screen
 *   unchanged                       the twin has nothing newer
 *   failed    problem               it did not arrive, and why
 *   loaded                          the request is over, either way
 *   rest                            the replay stopped
 *   look                            colours changed
 *   opened    element               a node was double-clicked
 *   page      pathname              another page is shown
 */
(function (mg) {
  "use strict";

  /** Tell the other files of an event; they do not know each other. */
  mg.emit = (name, detail) => document.dispatchEvent(new CustomEvent(`meshgraph:${name}`, { detail }));
  /** Listen to an event of another file. */
  mg.on = (name, listener) => document.addEventListener(`meshgraph:${name}`, (event) => listener(event.detail));
  /** Element by id. */
  mg.byId = (id) => document.getElementById(id);
})((window.meshgraph = window.meshgraph || {}));
