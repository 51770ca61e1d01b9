"""One module per answer of ``Mesh``: an exact view in, a finished result out.

    View ─plan─► queries ─fetch─► replies ─observe─► Traffic ─►  graph │ history │ …

What each is made with is one ``Desk``. Nothing here holds results: that is ``Mesh``'s part.
"""
