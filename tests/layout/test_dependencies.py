"""Which folder of src/ may include which, public headers among them: scripts/dependencies.py has the table."""

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("dependencies", ROOT / "scripts/dependencies.py")
dependencies = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(dependencies)


def test_every_folder_and_every_public_header_has_its_place():
    assert not dependencies.without_place(ROOT)
    headers = [name for _, names in dependencies.FOLDERS.values() for name in names]
    assert sorted(headers) == sorted(path.stem for path in (ROOT / "include/yolofleet").glob("*.hpp"))


def test_no_include_points_upwards():
    assert len(dependencies.arrows(ROOT)) > 10
    assert not dependencies.upward(ROOT)


def test_back_ends_do_not_include_each_other():
    # openvino/ is the module that cpu/ loads.
    between = {(user, used) for user, used in dependencies.arrows(ROOT)
               if user.startswith("backend/") and used.startswith("backend/")}
    assert between <= {("backend/openvino", "backend/cpu")}


def test_the_picture_is_current():
    picture = (ROOT / "docs/images/dependencies.svg").read_text(encoding="utf-8")
    assert picture == dependencies.draw(ROOT), "scripts/dependencies.py draws it again"


@pytest.mark.parametrize(("file", "include", "used"), [
    ("src/base/files.cpp", "fleet/fleet.hpp", "fleet"),
    ("src/backend/lane.hpp", "backend/cpu/lane.hpp", "backend/cpu"),
    ("src/fleet/fleet.hpp", "yolofleet/detector.hpp", dependencies.FACE),
    ("include/yolofleet/image.hpp", "yolofleet/options.hpp", "backend"),
    ("src/graph/shape.hpp", "face.hpp", dependencies.FACE),
])
def test_an_include_upwards_is_named(tmp_path, file, include, used):
    target = tmp_path / ("include" if include.startswith("yolofleet/") else "src") / include
    for path, text in ((target, ""), (tmp_path / file, f'#include "{include}"\n')):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder = dependencies.folder_of(tmp_path, tmp_path / file)
    assert dependencies.upward(tmp_path) == [f"{file} ({folder}) includes {include} ({used})"]


def test_an_include_downwards_is_fine(tmp_path):
    for path, text in (("include/yolofleet/error.hpp", ""), ("src/base/fail.hpp", "#include <yolofleet/error.hpp>\n"),
                       ("src/fleet/fleet.cpp", '#include "base/fail.hpp"\n')):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert not dependencies.upward(tmp_path)
    assert dependencies.arrows(tmp_path) == [("fleet", "base")]


def test_what_has_no_place_is_named(tmp_path):
    for path in ("include/yolofleet/extra.hpp", "src/extra/extra.hpp", "src/backend/extra/lane.hpp"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert dependencies.without_place(tmp_path) == ["backend/extra", "extra", "include/yolofleet/extra.hpp"]
