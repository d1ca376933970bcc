"""Nothing: what the interpreter itself costs."""


def main(answer: str) -> str:
    return answer
