"""Reads a request and writes the answer."""

import h11


def use() -> object:
    connection = h11.Connection(our_role=h11.SERVER)
    connection.receive_data(b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n")
    assert connection.next_event().target == b"/a"
    assert type(connection.next_event()) is h11.EndOfMessage
    answer = connection.send(h11.Response(status_code=204, headers=[]))
    assert answer.startswith(b"HTTP/1.1 204")
    return connection
