"""The engine guard under any sequence of events: Hypothesis looks for one that breaks a promise."""

from __future__ import annotations

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from workers.guard import EngineGuard, State, Verdict

PROBE_S = 60.0
STEPS = 40
#: A debt of 30 tokens from each step, at one per ten seconds; pauses and probes that hang are short beside it.
PATIENCE_S = 10.0 * 30 * STEPS + 1_000


class GuardMachine(RuleBasedStateMachine):
    """A receiver, its workers and an engine that does anything; receives as the guard allows."""

    @initialize(
        most=st.integers(1, 20),
        rate_per_s=st.none() | st.sampled_from([0.1, 1.0, 7.5, 100.0]),
        seed=st.integers(0, 1_000),
    )
    def begin(self, most: int, rate_per_s: float | None, seed: int) -> None:
        self.now = 0.0
        self.most, self.rate_per_s = most, rate_per_s
        self.in_hand: list[int] = []
        self.guard = EngineGuard(
            most=most, rate_per_s=rate_per_s, now=lambda: self.now, probe_s=PROBE_S, random=Random(seed)
        )

    @rule(share=st.floats(0, 1))
    def receive(self, share: float) -> None:
        allowed = self.guard.allowance(len(self.in_hand))
        assert (allowed.retry_in_s > 0) == (allowed.count == 0)
        assert allowed.count <= max(0, self.most - len(self.in_hand))
        assert self.guard.state is not State.OPEN or allowed.count == 0
        assert not allowed.probing or allowed.count == 1
        count = round(allowed.count * share)
        generation = self.guard.took(count)
        self.in_hand += [generation] * count

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data(), verdict=st.sampled_from(list(Verdict)), retry_after_s=st.none() | st.floats(0, 1_000))
    def end(self, data: st.DataObject, verdict: Verdict, retry_after_s: float | None) -> None:
        generation = self.in_hand.pop(data.draw(st.integers(0, len(self.in_hand) - 1)))
        self.guard.ended(verdict, generation=generation, retry_after_s=retry_after_s)

    @rule(verdict=st.sampled_from(list(Verdict)), times=st.integers(1, 6))
    def end_without_a_generation(self, verdict: Verdict, times: int) -> None:
        for _ in range(times):
            self.guard.ended(verdict)

    @rule(times=st.integers(1, 30))
    def take_more_than_was_allowed(self, times: int) -> None:
        self.guard.took(times)

    @rule(seconds=st.floats(0, 400))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def lose_the_worker(self) -> None:
        """Nobody reports anything of what it had in hand."""
        self.in_hand.clear()

    @invariant()
    def limit_and_tokens_are_within_their_bounds(self) -> None:
        outlook = self.guard.outlook
        assert 1 <= outlook.limit <= self.most
        if self.rate_per_s is not None:
            assert outlook.tokens is not None
            assert outlook.tokens <= max(1.0, self.rate_per_s)

    @rule()
    def successes_lead_back_to_closed_and_the_full_limit(self) -> None:
        """Wherever the guard stands, an engine that is well again is used in full; whatever was in hand is lost."""
        self.in_hand.clear()
        successes = 0
        waited_s = 0.0
        while (self.guard.outlook.state, self.guard.outlook.limit) != (State.CLOSED, self.most):
            allowed = self.guard.allowance(0)
            if not allowed.count:
                self.now += allowed.retry_in_s
                waited_s += allowed.retry_in_s
                # A slow rate is no defect: each success waits for its token.
                assert waited_s <= PATIENCE_S + successes / (self.rate_per_s or 1_000)
                continue
            generation = self.guard.took(1)
            self.guard.ended(Verdict.OK, generation=generation)
            successes += 1
        assert successes <= 1 + self.most * (self.most + 1) / 2


GuardMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=STEPS)
TestGuard = GuardMachine.TestCase
