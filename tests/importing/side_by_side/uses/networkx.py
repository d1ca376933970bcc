"""Finds a shortest path and a cycle; dispatches to its backends."""

import networkx


def use() -> object:
    graph = networkx.Graph()
    graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 1), ("a", "c", 5)])
    assert networkx.dijkstra_path(graph, "a", "c") == ["a", "b", "c"]
    assert networkx.is_connected(graph)
    assert len(networkx.complete_graph(4).edges) == 6
    return graph
