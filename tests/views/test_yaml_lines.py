"""YAML with marked lines."""

from mesh_graph.views.yaml_lines import LineNote, line_id, render_yaml

TEXT = "spec:\n  hosts:\n  - a: 1\n  - 'b: c'\n"


def words(component):
    if isinstance(component, str):
        return component
    children = getattr(component, "children", None) or ""
    return "".join(map(words, children if isinstance(children, list) else [children]))


def test_every_line_has_its_number_and_its_text_unchanged():
    rows = render_yaml(TEXT, {}).children
    assert [words(row) for row in rows] == ["1spec:", "2  hosts:", "3  - a: 1", "4  - 'b: c'"]


def test_faulty_line_is_marked_and_what_is_wrong_stands_below_it():
    rows = render_yaml(TEXT, {3: [LineNote("failure", "KIA1101", "No such host.")]}).children
    line, note = rows[2], rows[3]
    assert (line.id, line.to_plotly_json()["props"]["data-status"]) == (line_id(3), "failure")
    assert words(note) == "KIA1101 No such host."
    assert "mgi-line-marked" not in rows[1].className


def test_long_text_is_cut_but_not_before_its_last_note():
    text = "\n".join(f"line{n}: {n}" for n in range(3000))
    assert words(render_yaml(text, {}).children[-1]) == "1,500 more lines are not shown"
    noted = render_yaml(text, {2999: [LineNote("failure", "KIA1101", "x")]}).children
    assert words(noted[-1]) == "1 more lines are not shown"


def test_text_that_looks_like_markup_stays_text():
    (row,) = render_yaml("<script>: <b>\n", {}).children
    assert words(row) == "1<script>: <b>"
