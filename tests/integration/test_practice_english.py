"""What the practice engine says in English is read by the checker that its learners are measured by."""

from collections.abc import Iterator
from itertools import chain

from workers.engines.grammar.checker import Checker
from workers.engines.practice.frames import topics
from workers.engines.practice.questions import bank
from workers.engines.practice.scenes import scenes

BANKS = ("couple", "learner-low", "learner-mid", "learner-high")
#: False alarms of the checker: read, and found right.
READ = frozenset(
    """\
Algorithms tend to reinforce existing biases.
Algorithms tend to reinforce our preconceptions.
Algorithms tend to reinforce stereotypes.
Could you rebook me with another airline?
Explain where you want to go, and by when.
How might learning a language change now that machines can translate?
I can always count on her when I feel down.
I haven't seen my cousins since last year.
I haven't seen my nephew since last year.
I haven't seen my niece since last year.
I start work at eight thirty.
I start work at nine.
I start work at ten in the morning.
If our life were a drama, what would its title be?
If you could ask your future self one question, what would it be?
It takes about an hour to prepare this meal.
It takes about half a day to prepare this meal.
It takes about thirty minutes to prepare this meal.
It's a tradition to bow to the elders on this day.
It's a tradition to eat special rice cakes on this day.
It's a tradition to visit your grandparents on this day.
No sooner had we checked in than my wife realized she had lost her passport.
No sooner had we checked in than the fire alarm rang.
No sooner had we checked in than the power went out.
The assistant thinks that you washed it too hot.
We sing Christmas songs together.
We sing a birthday song together.
What kind of old couple would you like us to be?
Which three emojis describe me?
""".splitlines()
)


def sentences() -> Iterator[str]:
    frames = chain.from_iterable(topic.frames.values() for topic in topics().values())
    yield from (pair.english for pair in chain.from_iterable(chain.from_iterable(frames)))
    yield from (question.english for name in BANKS for question in bank(name))
    for scene in scenes().values():
        yield from (place.en for place in scene.places)
        for part in scene.parts.values():
            yield from (both.en for both in (*part.goals, *part.phrases, *part.twists))
            yield from part.openings


def test_our_checker_finds_nothing_in_it_that_was_not_read():
    checker = Checker()
    flagged = {text for text in sentences() if checker.check(text)}
    assert flagged <= READ


def test_few_had_to_be_read():
    assert len(READ) < len(list(sentences())) * 0.02
