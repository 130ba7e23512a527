"""Describes the API as OpenAPI 3.1, from the operations themselves."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.edge.numbers import LAST_ID
from bot.web.api.operations import Operation
from bot.web.api.shapes import Failure

Document = dict[str, Any]  # Any: whatever JSON may hold
_REFERENCE = "#/components/schemas/{model}"
_SUFFIX = "Shape"
"""Ends the names of classes here that the rest of the system has others of the same name for."""
_REFUSALS = {
    401: "No token, or a wrong one",
    404: "There is no such thing here",
    409: "How things are now does not allow it",
    413: "The body is too large",
    415: "The body is no plain JSON",
    422: "Something given is not usable",
    503: "The database can't be reached: try again",
}


def describe(operations: Sequence[Operation[Any, Any]], prefix: str) -> Document:
    """Write the whole description."""
    paths: Document = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Whosthere",
            "version": "1",
            "description": "Conversations with visitors, and the contacts that they become.",
        },
        "servers": [{"url": prefix}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(operations),
        },
    }


def _describe(operation: Operation[Any, Any]) -> Document:
    description: Document = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            **{
                str(status): _answer("Done", answer) for status, answer in operation.answers.items()
            },
            **{str(status): _answer(_REFUSALS[status], Failure) for status in _refusals(operation)},
        },
    }
    if parameters := [*_path_parameters(operation), *_query_parameters(operation)]:
        description["parameters"] = parameters
    if operation.takes_body:
        content = {"application/json": {"schema": _reference(operation.body)}}
        description["requestBody"] = {"required": operation.body_required, "content": content}
    return description


def _refusals(operation: Operation[Any, Any]) -> list[int]:
    possible = {
        401: True,
        404: operation.takes_id,
        409: operation.conflicts,
        413: operation.takes_body,
        415: operation.takes_body,
        422: True,
        503: True,
    }
    return [status for status, may_be in possible.items() if may_be]


def _answer(what: str, shape: type[BaseModel]) -> Document:
    content = {"application/json": {"schema": _reference(shape)}}
    return {"description": what, "content": content}


def _path_parameters(operation: Operation[Any, Any]) -> list[Document]:
    if not operation.takes_id:
        return []
    schema = {"type": "integer", "minimum": 1, "maximum": LAST_ID}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _query_parameters(operation: Operation[Any, Any]) -> list[Document]:
    properties = operation.query.model_json_schema().get("properties", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
        for name, schema in properties.items()
    ]


def _without_null(schema: Document) -> Document:
    """Give the one type that a parameter has: in a query there is no null."""
    [given] = [one for one in schema["anyOf"] if one != {"type": "null"}]
    words = {key: value for key, value in schema.items() if key == "description"}
    return {**given, **words}


def _reference(shape: type[BaseModel]) -> Document:
    return {"$ref": _REFERENCE.format(model=shape.__name__.removesuffix(_SUFFIX))}


def _schemas(operations: Iterable[Operation[Any, Any]]) -> Document:
    wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        (Failure, "serialization")
    ]
    for operation in operations:
        wanted += [(answer, "serialization") for answer in operation.answers.values()]
        if operation.takes_body:
            wanted.append((operation.body, "validation"))
    _, schema = models_json_schema(wanted, ref_template=_REFERENCE)
    # published without what tells our own classes apart: programs are built by these names
    published: Document = json.loads(json.dumps(schema["$defs"]).replace(f'{_SUFFIX}"', '"'))
    return published
