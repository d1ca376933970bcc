from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import private_wheels
from tests.wheels import wheel

FILES = {"dep/__init__.py": "value = 1\n", "dep/data.txt": "data", "dep/sub/deep.py": "", "depth.py": ""}


def with_entry(made: tuple[bytes, str], name: str, data: bytes = b"x") -> tuple[bytes, str]:
    stream = io.BytesIO(made[0])
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(info, data)
    return stream.getvalue(), made[1]


def refused(made: tuple[bytes, str], error: type[errors.PackageError] = errors.BadWheel) -> str:
    with pytest.raises(error) as caught:
        private_wheels.read(*made)
    assert made[1] in caught.value.message
    assert caught.value.hint
    return caught.value.message


def test_a_wheel_is_read() -> None:
    data, filename = wheel("Dep_One", "1.0", FILES, requires=["six>=1.16", 'pytest; extra == "test"'])
    read = private_wheels.read(data, filename)
    assert (read.name, read.version, read.filename) == ("dep-one", "1.0", filename)
    assert read.data == data
    assert (read.wheel.path, read.wheel.digest) == (filename, hashlib.sha256(data).hexdigest())
    assert read.imports == ("dep", "depth")
    assert (read.requires, read.requires_python) == (("six>=1.16", 'pytest; extra == "test"'), ">=3.8")
    assert read.files["dep/data.txt"] == b"data"
    assert read.left_out == ()


def test_the_record_is_frozen() -> None:
    read = private_wheels.read(*wheel("dep", "1.0", FILES))
    with pytest.raises(AttributeError):
        read.name = "other"  # type: ignore[misc]  # the assignment is the test
    with pytest.raises(TypeError):
        read.files["dep/data.txt"] = b""  # type: ignore[index]  # so is this one


def test_what_describes_the_distribution_is_kept_and_what_tells_of_an_install_is_not() -> None:
    about = {
        "entry_points.txt": "[plugins]\na = dep:value\n",
        "licenses/LICENSE": "free",
        "INSTALLER": "pip",
        "direct_url.json": "{}",
    }
    read = private_wheels.read(*wheel("dep", "1.0", FILES, about=about))
    kept = {path.partition("/")[2] for path in read.files if path.startswith("dep-1.0.dist-info/")}
    assert kept == {"METADATA", "entry_points.txt", "licenses/LICENSE"}
    assert read.left_out == ()


def test_files_under_purelib_are_where_they_would_be_installed() -> None:
    read = private_wheels.read(*wheel("dep", "1.0", {"dep-1.0.data/purelib/dep.py": "value = 1\n"}))
    assert read.files["dep.py"] == b"value = 1\n"
    assert read.imports == ("dep",)


def test_what_acts_on_an_interpreter_or_lies_elsewhere_is_left_out_and_told() -> None:
    elsewhere = {
        "dep-1.0.data/scripts/dep": "#!python\n",
        "dep-1.0.data/headers/dep.h": "",
        "dep-1.0.data/data/share/dep.1": "",
        "dep-nspkg.pth": "import sys\n",
        "dep/__pycache__/sub.cpython-311.pyc": b"x",
        "dep/old.pyc": b"x",
    }
    read = private_wheels.read(*wheel("dep", "1.0", {**FILES, **elsewhere, "dep/kept.pth": "data"}))
    assert read.left_out == tuple(sorted(elsewhere))
    assert "dep/kept.pth" in read.files


def test_import_names_are_those_with_code() -> None:
    files = {"cloud/a/b.py": "", "share/doc.txt": "", "with-dash/x.txt": "", "_dep.py": ""}
    assert private_wheels.read(*wheel("dep", "1.0", files)).imports == ("_dep", "cloud")


@pytest.mark.parametrize(
    "path",
    [
        "dep/_fast.cpython-311-x86_64-linux-gnu.so",
        "dep/fast.pyd",
        "dep/lib/libx.so.1.2",
        "dep/x.DLL",
        "y.dylib",
    ],
)
def test_compiled_code_is_refused_by_its_file(path: str) -> None:
    message = refused(wheel("dep", "1.0", {**FILES, path: b"\x7fELF"}), errors.CompiledDistribution)
    assert path in message


@pytest.mark.parametrize("tag", ["cp311-cp311-manylinux_2_17_x86_64", "py3-none-win_amd64", "cp38-abi3-any"])
def test_a_wheel_for_one_platform_is_refused_by_its_tag(tag: str) -> None:
    assert tag in refused(wheel("dep", "1.0", FILES, tag=tag), errors.CompiledDistribution)


def test_many_compiled_files_are_counted() -> None:
    files = {f"dep/x{number}.so": b"" for number in range(5)}
    with pytest.raises(errors.CompiledDistribution, match=r"x2\.so and 2 more") as caught:
        private_wheels.read(*wheel("dep", "1.0", files))
    assert caught.value.facts["compiled"] == tuple(sorted(files))


def test_what_only_looks_compiled_is_taken() -> None:
    files = {**FILES, "dep/also.py": "", "dep/gui.exe": b"MZ", "dep/so": "", "dep/x.so.txt": ""}
    assert set(files) < set(private_wheels.read(*wheel("dep", "1.0", files)).files)


@pytest.mark.parametrize("filename", ["dep-1.0.tar.gz", "dep-1.0.zip"])
def test_a_source_distribution_is_refused(filename: str) -> None:
    assert "source distribution" in refused((b"", filename))


@pytest.mark.parametrize(
    "filename", ["dep.whl", "dep-1.0.whl", "dep-1.0-py3-none-any.egg", "", "dep-x-py3-none-any.whl"]
)
def test_what_is_not_called_like_a_wheel_is_refused(filename: str) -> None:
    assert "name" in refused((wheel("dep", "1.0", FILES)[0], filename))


@pytest.mark.parametrize("filename", ["other-1.0-py3-none-any.whl", "dep-1.1-py3-none-any.whl"])
def test_a_wheel_of_something_else_than_its_name_says_is_refused(filename: str) -> None:
    assert "dep 1.0" in refused((wheel("dep", "1.0", FILES)[0], filename))


@pytest.mark.parametrize("text", ["Name: dep\n", "Version: 1.0\n", "", "Name: dep\nVersion: x\n"])
def test_metadata_that_does_not_say_name_and_version_is_refused(text: str) -> None:
    refused(wheel("dep", "1.0", FILES, about={"METADATA": text}))


def test_equal_names_and_versions_may_be_spelled_differently() -> None:
    data, _ = wheel("Dep.One", "1.0", FILES)
    assert private_wheels.read(data, "dep_one-1-py2.py3-none-any.whl").version == "1.0"


def test_a_wheel_without_metadata_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("dep-1.0.dist-info/WHEEL", "")
    assert "METADATA is missing" in refused((stream.getvalue(), "dep-1.0-py3-none-any.whl"))


@pytest.mark.parametrize(
    "name", ["../evil.py", "/etc/passwd", "dep\\x.py", "dep/__init__.py", "other-1.dist-info/x"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_archive_is_checked_like_that_of_a_package(name: str) -> None:
    refused(with_entry(wheel("dep", "1.0", FILES), name))


def test_a_wheel_cut_short_anywhere_is_refused() -> None:
    data, filename = wheel("dep", "1.0", FILES)
    for length in range(len(data) - 1):
        refused((data[:length], filename))


def test_a_changed_byte_anywhere_gives_a_coded_error_or_the_same_files() -> None:
    data, filename = wheel("dep", "1.0", FILES)
    whole = private_wheels.read(data, filename)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x55
        try:
            read = private_wheels.read(bytes(changed), filename)
        except errors.PeersError:
            continue
        # names have no checksum of their own, the content of every file has
        assert read.digest != whole.digest
        assert all(whole.files.get(path, content) == content for path, content in read.files.items())


@pytest.mark.parametrize("name", ["peers_runtime", "peers_packages"])
def test_what_is_the_hosts_own_cannot_be_private(name: str) -> None:
    assert name in refused(wheel("dep", "1.0", {f"{name}/__init__.py": ""}), errors.ReservedName)
