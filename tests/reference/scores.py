"""How much an agent's skills speak for them in a step.

Owns the sum of proficiencies, weighted by the step's score when it has one; must not know who may be asked.
"""

from routing.model import Queue, Step
from routing.scores import compile_score
from routing.skills import compile_requirement


def steps_of(queue: Queue) -> tuple[Step, ...]:
    """The queue's own steps, or the one that its requirement and its score make."""
    return queue.steps or (Step(queue.requirement, score=queue.score),)


def proficiency(step: Step, skills: dict[str, int]) -> int:
    if step.score:
        return sum(
            weight * skills.get(skill, 0) for skill, weight in compile_score(step.score, max_terms=255)
        )
    return compile_requirement(step.expression, max_terms=255).score(skills)
