"""Sends a request to a server on loopback; encodes a form."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import urllib3
from urllib3.filepost import encode_multipart_formdata


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *arguments: object) -> None: ...


def use() -> object:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pool = urllib3.PoolManager(retries=urllib3.Retry(1))
    try:
        answer = pool.request("GET", f"http://127.0.0.1:{server.server_port}/a", timeout=20)
        assert answer.data == b"/a"
    finally:
        server.shutdown()
        server.server_close()
    assert b'name="x"' in encode_multipart_formdata({"x": "y"})[0]
    return pool
