"""Every figure has words for those who cannot see it, and says how it is read."""

import re
from pathlib import Path

import pytest
from markupsafe import escape
from PIL import Image

from classically_punk.reporting.pages.captions import CAPTIONS, anatomies, missing, picture
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Number
from classically_punk.reporting.sources import shown

REPOSITORY = Path(__file__).resolve().parents[3]
DRAWING = REPOSITORY / "src" / "classically_punk" / "reporting" / "figures" / "drawing.py"
CORPORA = ("demo", "gtzan_mini", "gtzan_published")


class Illustrated(Results):
    """The results of the repository, with a picture under every name."""

    @property
    def figures(self) -> Path:
        return self.__dict__["folder"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("figures")
    stems = {*CAPTIONS, *(stem for corpus in CORPORA for stem in anatomies(Results(corpus, REPOSITORY)).values())}
    for stem in stems:
        Image.new("RGBA", (8, 4), "red").save(found / f"{stem}.png")
    return found


def illustrated(corpus: str, folder: Path) -> Illustrated:
    results = Illustrated(corpus, REPOSITORY)
    results.__dict__["folder"] = folder
    return results


def test_every_figure_that_is_drawn_has_words() -> None:
    drawn = set(re.findall(r'yield\s*\(?\s*"(\w+)"', DRAWING.read_text(encoding="utf-8")))
    assert len(drawn) > 20
    assert drawn <= set(CAPTIONS)


@pytest.mark.parametrize("corpus", CORPORA)
def test_what_a_figure_says_comes_from_the_results(corpus: str, folder: Path) -> None:
    results = illustrated(corpus, folder)
    for stem in [*CAPTIONS, *anatomies(results).values()]:
        found = picture(results, stem)
        assert found is not None, stem
        for words in (found.alt, found.caption):
            assert str(words).endswith("."), stem
            for number in (part for part in words if isinstance(part, Number)):
                assert shown(number.address, REPOSITORY) == number.shown


def test_a_corpus_without_the_figure_has_none(tmp_path: Path) -> None:
    assert picture(illustrated("demo", tmp_path), "confusion") is None


def test_a_figure_without_words_is_an_error(tmp_path: Path) -> None:
    Image.new("RGB", (8, 4)).save(tmp_path / "unheard_of.png")
    with pytest.raises(KeyError):
        picture(illustrated("demo", tmp_path), "unheard_of")


def test_alternative_text_is_found_in_the_page_and_escaped(folder: Path) -> None:
    found = picture(illustrated("demo", folder), "recall_by_genre")
    assert found is not None
    html = str(escape(found))
    alt = re.search(r' alt="([^"]+)"', html)
    assert alt is not None
    assert "highest for" in alt[1]
    assert "<" not in alt[1]
    assert 'src="data:image/' in html


def test_a_corpus_without_audio_says_so() -> None:
    results = Results("gtzan_published", REPOSITORY)
    assert anatomies(results) == {}
    assert "no audio" in str(missing(results, "anatomy"))
