"""Validates objects of Kubernetes against the schemas of versions, strictly, and prints what is wrong as JSON.

Standard input: {"versions": ["1.35"], "objects": [...]}. Each schema is read once: the program of kubernetes-validate reads
all of them anew for each object.
"""

import functools
import json
import sys

from kubernetes_validate import utils

utils.schema_contents = functools.lru_cache(maxsize=None)(utils.schema_contents)
utils.all_versions = functools.lru_cache(maxsize=None)(utils.all_versions)

given = json.load(sys.stdin)
problems = []
for version in given["versions"]:
    for each in given["objects"]:
        name = f'{each["kind"]}/{each["metadata"]["name"]}'
        try:
            used = utils.validate(each, version, strict=True)
            if not used.startswith(version):
                problems.append(f"{version}: there is no schema of this version")
        except utils.ValidationError as error:
            path = "/".join(str(part) for part in error.path)
            problems.append(f"{version}: {name}: {path}: {error.message[:200]}")
        except utils.SchemaNotFoundError as error:
            problems.append(f"{version}: {name}: {error.message}")
json.dump(problems, sys.stdout)
