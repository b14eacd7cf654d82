"""How answers are described in the OpenAPI document.

Owns these descriptions; must not know any address.
"""

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from msgspec import Struct

from grpc_api.http.problems import MEDIA_TYPE, TITLES, Problem


def answers(shape: type[Struct], description: str, *examples: Example) -> dict[int, ResponseSpec]:
    """Describe what comes when all is well."""
    return {
        200: ResponseSpec(
            shape, generate_examples=False, description=description, examples=list(examples) or None
        )
    }


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Describe what comes otherwise."""
    return {
        status: ResponseSpec(
            Problem, generate_examples=False, description=TITLES[status], media_type=MEDIA_TYPE
        )
        for status in statuses
    }
