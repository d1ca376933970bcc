"""Parses broken HTML, selects by CSS."""

from bs4 import BeautifulSoup


def use() -> object:
    soup = BeautifulSoup("<ul><li class=a>one<li class=b>two</ul>", "html.parser")
    assert [each.get_text() for each in soup.select("li.b")] == ["two"]
    assert soup.find("li")["class"] == ["a"]
    return soup
