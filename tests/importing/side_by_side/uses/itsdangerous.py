"""Signs, verifies, and refuses what was changed."""

from itsdangerous import BadSignature, URLSafeSerializer


def use() -> object:
    serializer = URLSafeSerializer("key")
    text = serializer.dumps({"id": 5})
    assert serializer.loads(text) == {"id": 5}
    try:
        serializer.loads(text[:-1] + ("a" if text[-1] != "a" else "b"))
    except BadSignature:
        return serializer
    raise AssertionError("a changed text was taken")
