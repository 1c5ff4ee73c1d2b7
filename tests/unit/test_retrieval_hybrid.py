"""Hybrid retrieval: what stands in the folder is found, by words and by meaning, whatever a vendor's index says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.bench.folder import MemoryFolder
from schemas.collections import newest, parse
from schemas.errors import MissingObjectError, PermanentError
from tests.retrieval import Call, Store, Topics, document
from workers.engines.retrieval import collection as collecting
from workers.engines.retrieval import hybrid as retrieving
from workers.engines.retrieval.collection import Collections
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.engines.retrieval.segments import Segment, decoded
from workers.work import AttemptOverError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.ports import Passage

PETS, FOOD = "dog puppy cat kitten", "soup broth bread loaf"


def texts(engine: HybridRetrieval, folder: MemoryFolder, question: str, limit: int = 5) -> list[str]:
    return [one.text for one in engine.search(question, folder, limit=limit, call=Call()).passages]


@pytest.fixture(params=["in files", "at a vendor's"])
def engine(request: pytest.FixtureRequest) -> HybridRetrieval:
    store = Store() if request.param == "at a vendor's" else None
    return HybridRetrieval(embeddings=Topics(PETS, FOOD), store=store)


def test_passages_are_found_by_words_and_by_meaning(engine: HybridRetrieval):
    folder = MemoryFolder()
    engine.add(document("a", "The puppy sleeps.", "Fresh bread at noon.", "Nothing else."), folder, Call())
    assert texts(engine, folder, "Where does the dog sleep?", 1) == ["The puppy sleeps."]
    assert texts(engine, folder, "loaf", 1) == ["Fresh bread at noon."]
    assert texts(engine, folder, "noon", 1) == ["Fresh bread at noon."]


def test_both_rankings_count_more_than_one():
    engine, folder = HybridRetrieval(embeddings=Topics(PETS, FOOD)), MemoryFolder()
    engine.add(document("a", "The garden gate.", "A kitten plays.", "A kitten at the gate."), folder, Call())
    assert texts(engine, folder, "cat at the gate", 1) == ["A kitten at the gate."]


def test_a_question_that_all_passages_are_as_close_to_is_not_answered():
    topics, folder = Topics(PETS, FOOD), MemoryFolder()
    topics.lead = 0.2
    engine = HybridRetrieval(embeddings=topics)
    for number in range(9):
        dogs = document(f"{number}.md", f"A dog has bread at {number}.", section=f"Pets > Age {number}")
        engine.add(dogs, folder, Call())
    engine.add(document("menu.md", "Fresh bread at noon."), folder, Call())

    assert not engine.search("Which dog barks?", folder, limit=1, call=Call()).supported
    assert engine.search("Is there a loaf?", folder, limit=1, call=Call()).supported


def test_editions_of_a_passage_do_not_stand_in_its_way():
    topics, folder = Topics(PETS, FOOD), MemoryFolder()
    topics.lead = 0.2
    engine = HybridRetrieval(embeddings=topics)
    for year in range(9):
        engine.add(document(f"{year}.md", f"The dog eats in {year}.", section=f"{year} > Dogs"), folder, Call())
        engine.add(document(f"menu-{year}.md", f"Bread of kitten {year}.", section=f"Menu {year}"), folder, Call())

    assert engine.search("Which dog barks?", folder, limit=1, call=Call()).supported


def test_without_embeddings_words_alone_find():
    engine, folder = HybridRetrieval(embeddings=None), MemoryFolder()
    engine.add(document("a", "The puppy sleeps.", "주차는 지하에 두 시간 무료입니다."), folder, Call())
    assert texts(engine, folder, "sleeping puppies") == ["The puppy sleeps."]
    assert texts(engine, folder, "주차는 무료인가요?") == ["주차는 지하에 두 시간 무료입니다."]
    assert engine.embeddings is None
    assert engine.model == "bm25"


def test_an_empty_collection_says_so():
    found = HybridRetrieval(embeddings=None).search("What?", MemoryFolder(), limit=3, call=Call())
    assert (found.empty, found.supported, found.passages) == (True, False, ())


def test_a_question_about_something_else_is_not_supported(engine: HybridRetrieval):
    folder = MemoryFolder()
    engine.add(document("a", "The puppy sleeps.", "Fresh bread at noon."), folder, Call())
    assert engine.search("A dog or a puppy?", folder, limit=3, call=Call()).supported
    assert not engine.search("Who painted the Mona Lisa?", folder, limit=3, call=Call()).supported


def test_a_document_of_the_same_name_is_replaced(engine: HybridRetrieval):
    folder = MemoryFolder()
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    assert texts(engine, folder, "puppy") == ["The puppy sleeps."]
    engine.add(document("a", "The puppy runs."), folder, Call())
    assert texts(engine, folder, "puppy") == ["The puppy runs."]
    assert len(folder.files) == 1


def test_what_was_replaced_takes_no_place_in_a_ranking():
    engine, folder = HybridRetrieval(embeddings=None), MemoryFolder()
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    texts(engine, folder, "puppy")
    engine.add(document("a", "The puppy runs."), folder, Call())
    assert texts(engine, folder, "sleeping puppy", 1) == ["The puppy runs."]


def test_adding_twice_is_adding_once():
    embeddings, folder = Topics(PETS), MemoryFolder()
    engine = HybridRetrieval(embeddings=embeddings)
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    files, asked = dict(folder.files), list(embeddings.asked)
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    assert folder.files == files
    assert embeddings.asked == asked


def test_what_an_attempt_left_that_died_before_tidying_up_is_tidied_by_the_next():
    engine, folder = HybridRetrieval(embeddings=None), MemoryFolder()
    engine.add(document("a", "Old."), folder, Call())
    old = dict(folder.files)
    engine.add(document("a", "New."), folder, Call())
    folder.files |= old
    assert texts(engine, folder, "old new") == ["New."]
    engine.add(document("a", "New."), folder, Call())
    assert len(folder.files) == 1


def test_of_two_writers_at_once_one_whole_version_stays():
    folder, other = MemoryFolder(), MemoryFolder()
    engine = HybridRetrieval(embeddings=None)
    engine.add(document("a", "Mine."), folder, Call())
    HybridRetrieval(embeddings=None).add(document("a", "Theirs."), other, Call())
    folder.files |= other.files
    assert {segment.version for name in folder.files if (segment := parse(name))} == {1}
    counts = str(next(iter(newest(folder.files).values())))
    assert texts(engine, folder, "mine theirs") == [decoded(folder.files[counts]).passages[0].text]


def test_what_a_vendor_still_has_of_a_document_that_is_gone_is_not_found():
    folder = MemoryFolder()
    engine = HybridRetrieval(embeddings=Topics(PETS), store=Store(forgets=False))
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    engine.add(document("a", "The kitten purrs."), folder, Call())
    assert texts(engine, folder, "puppy") == ["The kitten purrs."]


def test_a_vendor_is_left_with_no_vectors_of_older_versions():
    folder, store = MemoryFolder(), Store()
    engine = HybridRetrieval(embeddings=Topics(PETS), store=store)
    engine.add(document("a", "One.", "Two."), folder, Call())
    engine.add(document("a", "Three."), folder, Call())
    assert len(store.vectors[folder.id]) == 1
    assert all(len(key) <= 100 and key.isascii() for key in store.vectors[folder.id])


def test_vectors_of_another_model_are_never_compared():
    folder = MemoryFolder()
    HybridRetrieval(embeddings=Topics(PETS, name="old")).add(document("a", "The puppy sleeps."), folder, Call())
    newer = HybridRetrieval(embeddings=Topics(PETS, FOOD, name="new"))
    assert texts(newer, folder, "dog") == []
    assert texts(newer, folder, "puppy") == ["The puppy sleeps."]
    newer.add(document("a", "The puppy sleeps."), folder, Call())
    assert texts(newer, folder, "dog") == ["The puppy sleeps."]


def test_a_passage_that_the_model_cant_read_is_found_by_its_words():
    embeddings, folder = Topics(PETS), MemoryFolder()
    engine = HybridRetrieval(embeddings=embeddings)
    engine.add(document("a", "강아지가 잡니다.", "The dog sleeps."), folder, Call())
    assert not any("강아지" in text for text in embeddings.asked)
    assert texts(engine, folder, "강아지는 어디 있나요?") == ["강아지가 잡니다."]


def test_a_passage_that_the_model_cant_read_is_not_sent_to_a_vendor():
    folder, store = MemoryFolder(), Store()
    engine = HybridRetrieval(embeddings=Topics(PETS), store=store)
    engine.add(document("a", "강아지가 잡니다.", "The dog sleeps."), folder, Call())
    assert [key[-2:] for key in store.vectors[folder.id]] == ["#1"]
    assert texts(engine, folder, "강아지는 어디 있나요?") == ["강아지가 잡니다."]


def test_collections_do_not_see_each_other(engine: HybridRetrieval):
    mine, theirs = MemoryFolder("mine"), MemoryFolder("theirs")
    engine.add(document("a", "My puppy."), mine, Call())
    engine.add(document("a", "Their puppy."), theirs, Call())
    assert texts(engine, mine, "puppy") == ["My puppy."]
    assert texts(engine, theirs, "puppy") == ["Their puppy."]


def test_what_another_process_has_added_or_deleted_is_seen_at_once(engine: HybridRetrieval):
    folder = MemoryFolder()
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    assert len(texts(engine, folder, "puppy")) == 1
    HybridRetrieval(embeddings=None).add(document("b", "A puppy barks."), folder, Call())
    assert len(texts(engine, folder, "puppy")) == 2
    folder.files.clear()
    assert texts(engine, folder, "puppy") == []


def test_a_file_that_is_read_once_is_not_read_again():
    class Counting(MemoryFolder):
        reads = 0

        def read(self, name: str) -> bytes:
            self.reads += 1
            return super().read(name)

    engine, folder = HybridRetrieval(embeddings=None), Counting()
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    for _ in range(3):
        texts(engine, folder, "puppy")
    assert folder.reads == 1


def test_a_file_that_is_replaced_between_listing_and_reading_is_looked_for_again():
    class Racing(MemoryFolder):
        def read(self, name: str) -> bytes:
            if len(self.files) == 1 and b"puppy sleeps" in self.files[name]:
                HybridRetrieval(embeddings=None).add(document("a", "The puppy runs."), self, Call())
                raise MissingObjectError(name)
            return super().read(name)

    engine, folder = HybridRetrieval(embeddings=None), Racing()
    engine.add(document("a", "The puppy sleeps."), folder, Call())
    assert texts(engine, folder, "puppy") == ["The puppy runs."]


def test_a_full_collection_takes_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retrieving, "MAX_PASSAGES", 2)
    engine, folder = HybridRetrieval(embeddings=None), MemoryFolder()
    engine.add(document("a", "One.", "Two."), folder, Call())
    engine.add(document("a", "One.", "Three."), folder, Call())  # takes the place of the one before
    with pytest.raises(PermanentError, match="collection_full"):
        engine.add(document("b", "Four."), folder, Call())


def test_collections_that_nobody_asks_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(collecting, "_KEPT_PASSAGES", 2)
    collections = Collections()
    seen = []
    for name in ("a", "b", "a"):
        folder = MemoryFolder(name)
        HybridRetrieval(embeddings=None).add(document("a", "One.", "Two."), folder, Call())
        with collections.opened(folder) as indexed:
            seen.append(indexed)
    assert seen[0] is not seen[2]


def test_an_attempt_that_ends_while_a_collection_is_read_leaves_no_half_of_it(monkeypatch: pytest.MonkeyPatch):
    engine, folder = HybridRetrieval(embeddings=None), MemoryFolder()
    engine.add(document("a", "The puppy sleeps."), folder, Call())

    def interrupted(name: str, segment: Segment) -> Iterator[tuple[str, Passage]]:
        yield f"{name}#0", segment.passages[0]
        raise AttemptOverError

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "_keyed", interrupted)
        with pytest.raises(AttemptOverError):
            texts(engine, folder, "puppy")
    assert texts(engine, folder, "puppy") == ["The puppy sleeps."]


def test_sentences_are_likened_where_it_costs_nothing():
    folder, embeddings = MemoryFolder(), Topics(PETS, FOOD)
    engine = HybridRetrieval(embeddings=embeddings)
    engine.add(document("a", "Bread is baked. The dog sleeps."), folder, Call())
    found = engine.search("puppy", folder, limit=1, call=Call())
    assert [found.passages[0].text[one.start : one.end] for one in found.sentences] == [
        "Bread is baked.",
        "The dog sleeps.",
    ]
    assert found.sentences[1].similarity > 0.9 > found.sentences[0].similarity
    embeddings.is_local = False
    assert engine.search("puppy", folder, limit=1, call=Call()).sentences == ()


def test_closing_closes_the_parts():
    embeddings = Topics(PETS)
    HybridRetrieval(embeddings=embeddings, store=Store()).close()
    assert embeddings.asked == ["closed"]
