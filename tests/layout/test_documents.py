"""Rules for the documents: links lead somewhere, the README is short, the index is complete."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(path):
    return CODE.sub("", path.read_text(encoding="utf-8"))


def links_of(path):
    """The targets of a document's links to files of the project, without those to other sites."""
    found = re.findall(r"\]\(([^)\s]+)\)", text_of(path))
    return [target for target in found if "://" not in target]


def anchors_of(path):
    """The names that headings have in links, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere():
    wrong = []
    for path in DOCUMENTS:
        for target in links_of(path):
            name, _, anchor = target.partition("#")
            file = path.parent / name if name else path
            if not file.exists() or (anchor and anchor not in anchors_of(file)):
                wrong.append(f"{path.relative_to(ROOT)}: {target}")
    assert sum(len(links_of(path)) for path in DOCUMENTS) > 30
    assert not wrong


def test_the_index_has_every_document():
    index = ROOT / "docs/README.md"
    linked = {(index.parent / target).resolve() for target in links_of(index)}
    documents = {path for path in (ROOT / "docs").glob("*.md") if path != index}
    assert documents <= linked
    log = ROOT / "docs/measurements/README.md"
    dates = {path for path in log.parent.glob("*.md") if path != log}
    assert dates <= {(log.parent / target).resolve() for target in links_of(log)}


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130


def test_the_example_of_videos_is_the_one_that_is_compiled():
    text = (ROOT / "docs/library.md").read_text(encoding="utf-8").split("\n## Videos\n")[1]
    block = re.search(r"```cpp\n(.*?)```", text, re.DOTALL)[1]
    assert (ROOT / "tests/video/library_snippet.cpp").read_text(encoding="utf-8").endswith(block)
