from pathlib import Path

import pytest

LEARNERS = Path(__file__).parents[1] / "learners"
WRONG = sorted(LEARNERS.glob("*.tsv"))
CORRECT = sorted(LEARNERS.glob("*-correct.txt"))


def rows(path: Path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_there_are_some():
    assert WRONG
    assert len(CORRECT) == len(WRONG)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.name)
def test_each_wrong_sentence_has_a_category_and_corrections_that_differ_from_it(path: Path):
    for category, wrong, corrections in rows(path):
        assert category.replace("_", "").isalpha()
        assert wrong not in corrections.split(" | ")
        assert all(one == one.strip() for one in (wrong, *corrections.split(" | ")))


def test_no_sentence_is_in_two_files_or_twice():
    every = [wrong for path in WRONG for _, wrong, _ in rows(path)]
    every += [line for path in CORRECT for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(every) == len(set(every))
