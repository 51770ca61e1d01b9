"""What holds for every graph."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.model import GraphType
from tests.kiali.graphs import edges, graph, observed

ENDS = st.sampled_from(["a>b", "a>c", "b>c", "?>a", "a>?b", "c>a@m", "a@m>b", "b>b"])
LINES = st.lists(
    st.builds(
        lambda reporter, ends, code, rate: f"{reporter} {ends} {code} - {rate}",
        st.sampled_from(["source", "destination", "waypoint"]),
        ENDS,
        st.sampled_from(["200", "503", "0", "grpc:0", "grpc:14"]),
        st.integers(0, 50),
    ),
    max_size=12,
    unique_by=lambda line: line.rsplit(" ", 1)[0],
)
TYPES = st.sampled_from([GraphType.WORKLOAD, GraphType.APP, GraphType.VERSIONED_APP])


@settings(max_examples=60, deadline=None)
@given(LINES, TYPES, st.booleans())
def test_one_namespace_s_nodes_balance_with_their_edges(lines, graph_type, inject):
    made = graph(observed(*lines), graph_type=graph_type, inject=inject)
    for name, node in made.nodes.items():
        for protocol in ("http", "grpc"):
            out = sum(
                edge.rates.get("", 0)
                for (source, _, spoken), edge in made.edges.items()
                if (source, spoken) == (name, protocol)
            )
            into = sum(
                edge.rates.get("", 0)
                for (_, to, spoken), edge in made.edges.items()
                if (to, spoken) == (name, protocol)
            )
            assert node.outgoing.get(protocol, 0) == out
            assert node.incoming.get(protocol, {}).get("", 0) == into


@settings(max_examples=60, deadline=None)
@given(LINES, st.booleans())
def test_responses_add_up_to_the_edge(lines, inject):
    for edge in graph(observed(*lines), inject=inject).edges.values():
        assert sum(sum(flags.values()) for flags, _ in edge.responses.values()) == edge.rates.get("", 0)
        assert sum(sum(hosts.values()) for _, hosts in edge.responses.values()) == edge.rates.get("", 0)


@settings(max_examples=60, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_change_the_edges(lines, random):
    shuffled = random.sample(lines, len(lines))
    assert edges(graph(observed(*shuffled), inject=True)) == edges(graph(observed(*lines), inject=True))


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_frames_are_not_changed(lines):
    frames = observed(*lines)
    before = frames.requests.copy()
    graph(frames, namespaces=("m", "n"), inject=True)
    assert before.equals(frames.requests)
