"""Routes and answers a request; imports an object by its dotted name."""

from werkzeug.routing import Map, Rule
from werkzeug.test import Client
from werkzeug.utils import import_string
from werkzeug.wrappers import Request, Response


@Request.application
def app(request: Request) -> Response:
    endpoint, values = urls.bind_to_environ(request.environ).match()
    return Response(f"{endpoint} {values['n'] + 1}")


urls = Map([Rule("/<int:n>", endpoint="number")])


def use() -> object:
    answer = Client(app, Response).get("/4")
    assert answer.data == b"number 5"
    assert import_string("werkzeug.utils:import_string") is import_string
    assert import_string("werkzeug.routing").Map is Map
    assert import_string("trial.use").app is app
    return answer
