"""Finds its certificates and loads them into a TLS context."""

import ssl

import certifi


def use() -> object:
    assert len(ssl.create_default_context(cafile=certifi.where()).get_ca_certs()) > 100
    assert "BEGIN CERTIFICATE" in certifi.contents()
    return certifi.where
