"""Signs a token and refuses one that is over."""

import jwt


def use() -> object:
    key = "k" * 32
    token = jwt.encode({"sub": "a"}, key, algorithm="HS256")
    assert jwt.decode(token, key, algorithms=["HS256"]) == {"sub": "a"}
    try:
        jwt.decode(jwt.encode({"exp": 1}, key, algorithm="HS256"), key, algorithms=["HS256"])
    except jwt.ExpiredSignatureError as error:
        return error
    raise AssertionError("a token that is over was taken")
