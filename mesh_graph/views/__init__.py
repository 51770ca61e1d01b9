"""Results → what is shown: payloads, styles, words, components. Pure: never fetches, never reads the clock.

    numbers, words, flags ─► labels ─► payload (the page's JSON twin)
    palette, scale, icons ─► stylesheet, legend
    graph + selection     ─► panel

A label value is hostile text: it travels as data or as a React child, never as markup.
"""
