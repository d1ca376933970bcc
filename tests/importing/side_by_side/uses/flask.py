"""Answers a request with a template, a session and an error page."""

from flask import Flask, render_template_string, session

app = Flask(__name__)
app.secret_key = "k"


@app.route("/<name>")
def hello(name: str) -> str:
    session["seen"] = session.get("seen", 0) + 1
    return render_template_string("hello {{ name }} {{ n }}", name=name, n=session["seen"])


def use() -> object:
    client = app.test_client()
    assert client.get("/<b>").data == b"hello &lt;b&gt; 1"
    assert client.get("/a").data == b"hello a 2"
    assert client.get("/a/b").status_code == 404
    return app
