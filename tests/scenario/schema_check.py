# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds scenario files against their JSON Schema, with an independent YAML reader and an independent validator.

    schema_check.py SCHEMA FILE...            one line per file: "valid", or "invalid: PLACE: WHY"
    schema_check.py --unused SCHEMA FILE      one line per key that the schema describes and the file does not use
"""
import json
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2 core schema, as Mailtrek and most editors read it: `on`, `off` and `no` are words, 1e3 is none of our numbers."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789"))
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))

QUESTION_MARK = "\ue000"  # PyYAML ends a plain scalar of flow style at '?', which YAML 1.2 allows inside


def as_json(value):
    """Keys of a JSON object are texts; those of a YAML mapping may be numbers."""
    if isinstance(value, dict):
        return {as_json(key) if isinstance(key, str) else json.dumps(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.replace(QUESTION_MARK, "?") if isinstance(value, str) else value


def load(path):
    with open(path, encoding="utf-8") as file:
        return as_json(yaml.load(file.read().replace("?", QUESTION_MARK), Loader))


def resolve(schema, part):
    while "$ref" in part:
        part = schema["definitions"][part["$ref"].rsplit("/", 1)[1]]
    return part


def use(schema, part, value, used):
    """Notes which keys of which mappings of the schema the value uses."""
    part = resolve(schema, part)
    for inner in part.get("allOf", []) + part.get("anyOf", []) + part.get("oneOf", []):
        use(schema, inner, value, used)
    if "if" in part and jsonschema.Draft7Validator({**part["if"], "definitions": schema["definitions"]}).is_valid(value):
        use(schema, part["then"], value, used)
    if isinstance(value, list):
        for item in value:
            use(schema, part.get("items", {}), item, used)
    if not isinstance(value, dict):
        return
    properties = part.get("properties", {})
    for key, item in value.items():
        if key in properties:
            used.add((id(part), key))
            use(schema, properties[key], item, used)
        elif isinstance(part.get("additionalProperties"), dict):
            use(schema, part["additionalProperties"], item, used)


def described(part, place, found):
    """Every key of every closed mapping, but those that are refused anyway and the list of metrics."""
    if isinstance(part, dict):
        if part.get("additionalProperties") is False and "patternProperties" not in part:
            for key, value in part.get("properties", {}).items():
                if value.get("not") != {}:
                    found.append((id(part), key, f"{place}/{key}"))
        for key, value in part.items():
            described(value, f"{place}/{key}", found)
    elif isinstance(part, list):
        for index, value in enumerate(part):
            described(value, f"{place}/{index}", found)


def unused(schema, path):
    used, found = set(), []
    use(schema, schema, load(path), used)
    described(schema, "", found)
    for part, key, place in found:
        if (part, key) not in used:
            print(place)


def check(schema, paths):
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in paths:
        error = jsonschema.exceptions.best_match(validator.iter_errors(load(path)))
        print("valid" if error is None else f"invalid: {'/'.join(map(str, error.absolute_path))}: {error.message}".replace("\n", " ")[:300])


if __name__ == "__main__":
    arguments = sys.argv[1:]
    looking = arguments[0] == "--unused"
    with open(arguments[looking], encoding="utf-8") as described_in:
        the_schema = json.load(described_in)
    if looking:
        unused(the_schema, arguments[2])
    else:
        check(the_schema, arguments[1:])
