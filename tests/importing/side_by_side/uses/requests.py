"""Sends a request to a server on loopback, with a retry policy of `requests.packages`."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from requests.adapters import HTTPAdapter
from requests.packages.urllib3.util.retry import Retry


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"path": "%s"}' % self.path.encode())

    def log_message(self, *arguments: object) -> None: ...


def use() -> object:
    import urllib3

    assert Retry is urllib3.Retry
    assert requests.packages.urllib3 is urllib3
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(max_retries=Retry(1)))
    try:
        answer = session.get(f"http://127.0.0.1:{server.server_port}/a", params={"x": "ä"}, timeout=20)
        assert answer.json() == {"path": "/a?x=%C3%A4"}
    finally:
        server.shutdown()
        server.server_close()
    return answer
