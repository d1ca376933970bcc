"""Modules of the soaked package that do things, and undo them where that is up to an author."""

from __future__ import annotations

MODULES = {
    "journal.py": """
import logging

logger = logging.getLogger(__name__)

class Memory(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []
    def emit(self, record):
        self.lines.append(self.format(record))

class Polite(logging.Filter):
    def filter(self, record):
        return True

memory = Memory()
memory.setFormatter(logging.Formatter("%(name)s %(message)s"))
memory.addFilter(Polite())
logger.addHandler(memory)
logger.setLevel(logging.DEBUG)
logging.getLogger("elsewhere").addHandler(memory)
logging.getLogger("elsewhere").addFilter(Polite())

def used():
    logger.debug("used %s", memory)
    logging.getLogger("soaked").info("said")
    logger.getChild("child").debug("below")
    logging.LoggerAdapter(logger, {"a": 1}).debug("adapted")
    try:
        raise ValueError("logged")
    except ValueError:
        logger.exception("failed")
    return len(memory.lines)
""",
    "ending.py": """
import atexit, weakref

class Resource: ...

KEPT = Resource()
weakref.finalize(KEPT, print, end="")  # a function of its own would hold the module for ever

def at_exit():
    raise AssertionError("taken back by peers_dispose")

def begin():
    atexit.register(at_exit)

def end():
    atexit.unregister(at_exit)

def closed(log):
    log.append(1)

def used():
    log = []
    resource = Resource()
    weakref.finalize(resource, closed, log)
    weakref.ref(resource, log.append)
    del resource
    return log, weakref.WeakValueDictionary({1: KEPT}), weakref.WeakSet([KEPT]), weakref.proxy(KEPT)
""",
    "threads.py": """
import asyncio, concurrent.futures, contextvars, threading, queue

request = contextvars.ContextVar("request", default=None)
local = threading.local()
lock = threading.Lock()

class Worker(threading.Thread):
    def run(self):
        with lock:
            local.value = self
            request.set(self)

class Task:
    async def run(self):
        request.set(self)
        await asyncio.sleep(0)
        return request.get()

def used():
    worker = Worker()
    worker.start()
    worker.join()
    contextvars.copy_context().run(request.set, worker)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        found = pool.submit(queue.Queue).result()
    loop = asyncio.new_event_loop()
    try:
        return found, loop.run_until_complete(Task().run())
    finally:
        loop.close()
""",
    "texts.py": """
import re, string, struct, textwrap, warnings, fnmatch, json, decimal, datetime

class Greeting(string.Template):
    delimiter = "%"

class Old(DeprecationWarning): ...

class Encoder(json.JSONEncoder):
    def default(self, thing):
        return str(thing)

def old():
    warnings.warn("use used()", Old, stacklevel=2)

warnings.simplefilter("default", Old)

def tell():
    warnings.warn("said of whoever called", Old, stacklevel=3)

def used():
    old()
    warnings.warn(f"of {__name__}", Old)
    found = re.sub(r"(a)(b+)", lambda match: match[1], "abb")
    struct.unpack("<IH", bytes(6)), fnmatch.fnmatch("a.py", "*.py"), textwrap.dedent("  x")
    greeting = Greeting("%name").substitute(name="x")
    return found, greeting, json.dumps({"x": Old}, cls=Encoder), decimal.Decimal(1)
""",
    "files.py": """
import contextlib, csv, os, sqlite3, tempfile, io

class Amount(float):
    def __conform__(self, protocol):
        return f"{self:.2f}"

class Row(sqlite3.Row): ...

class Dialect(csv.excel):
    delimiter = ";"

def used():
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = Row
        connection.create_function("doubled", 1, lambda x: x * 2)
        connection.create_aggregate("total", 1, Total)
        found = connection.execute("select doubled(3), total(2)").fetchone()[0]
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "x"), "w+") as file:
        csv.writer(file, Dialect()).writerow([found])
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x")
    return found, io.StringIO("x").read()

class Total:
    sum = 0
    def step(self, x): self.sum += x
    def finalize(self): return self.sum
""",
    "coding.py": """
import codecs, copyreg, copy

class Version:
    def __init__(self, number): self.number = number

def reduced(version):
    return Version, (version.number,)

copyreg.pickle(Version, reduced)

def search(name):
    return codecs.lookup("utf-8") if name == "soaked" else None

def begin():
    codecs.register(search)

def end():
    codecs.unregister(search)

def used():
    return copy.copy(Version(1)), "x".encode("utf-8")
""",
    "inspected.py": """
import inspect, traceback, linecache, sys, types

class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args)

class Thing(metaclass=Meta):
    __slots__ = ("x", "__weakref__")
    def method(self, a, /, b: "Thing" = None, *, c=1):
        '''A docstring.'''
        raise LookupError(a)

class Custom(Exception):
    def __init__(self, thing):
        super().__init__(thing)
        self.thing = thing

def used():
    text = ""
    try:
        try:
            Thing().method(1)
        except LookupError as error:
            raise Custom(Thing()) from error
    except Custom:
        text = traceback.format_exc()
    module = sys.modules[__name__]
    inspect.getattr_static(Thing, "method"), inspect.getmembers(module), inspect.getmro(Thing)
    inspect.signature(Thing.method), inspect.getsource(Thing.method), inspect.getdoc(Thing)
    inspect.getmodule(Thing.method), inspect.getsourcefile(Thing), inspect.getclosurevars(used)
    return text
""",
    "streams.py": """
import contextlib, itertools, operator, collections, weakref

@contextlib.contextmanager
def opened():
    yield Stream()

class Stream(collections.UserDict):
    def __del__(self):
        self.gone = True

def generate():
    with opened() as stream:
        while True:
            yield stream

Pair = collections.namedtuple("Pair", "a b")
CYCLE = [opened]
CYCLE.append(CYCLE)
SUSPENDED = generate()
next(SUSPENDED)

class Node:
    def __init__(self):
        self.me = self

def used():
    Node()
    with contextlib.ExitStack() as stack:
        stack.enter_context(opened())
    return Pair(1, 2), next(SUSPENDED), list(itertools.islice(generate(), 2)), operator.attrgetter("a")
""",
}
